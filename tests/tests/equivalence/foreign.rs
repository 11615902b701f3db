//! Workspaces that others wrote, with edits of their sources.
