//! `cargo atlas graph`: packages, what they depend on, and the modules inside.

use std::io::{self, Write};

use atlas_build::GraphExtent;
use atlas_build::request::BuildRequest;
use camino::Utf8Path;

use super::place::Place;
use super::trouble;
use crate::error::ErrorChain;
use crate::graph::{self, GraphArgs, GraphFormat, View};
use crate::terminal::Shell;
use crate::{engine, exit, planner, request};

/// Shows the graph and returns the exit code.
pub(crate) fn graph(place: Place<'_>, args: &GraphArgs, shell: &mut Shell) -> i32 {
    if let Err(error) = place.manifest_directory(args.manifest_path.as_deref()) {
        shell.error_chain(&error);
        return exit::FAILURE;
    }
    let Place { globals, environment, cwd, .. } = place;
    let planner = planner::identity(place.invocation.executable.as_deref());
    let request = match request::of_graph(globals, args, cwd, environment) {
        Ok(request) => BuildRequest { planner, ..request },
        Err(error) => {
            shell.error_chain(&ErrorChain::of(&error));
            return exit::FAILURE;
        }
    };
    let shape = args.shape();
    let extent = match (shape.has_modules(), args.graph_format()) {
        (false, _) => GraphExtent::Packages,
        (true, GraphFormat::Json) => GraphExtent::Interfaces,
        (true, _) => GraphExtent::Modules,
    };
    let (graphs, warnings) = match engine::graph(&request, extent) {
        Ok(answer) => answer,
        Err(error) => return trouble::unanswered(&error, shell),
    };
    warnings.into_iter().for_each(|warning| shell.warn(warning));
    let view = View::new(&graphs, shape);
    let shown = graph::render(&view, args.graph_format(), shell.is_verbose());
    let result = shown.and_then(|text| match args.output.as_deref() {
        None | Some("-") => {
            shell.write_stdout(&text);
            Ok(())
        }
        Some(file) => write(&cwd.join(file), &anstream::adapter::strip_str(&text).to_string()),
    });
    match (result, shell.stdout_error()) {
        (Err(error), _) => {
            shell.error_chain(&error);
            exit::FAILURE
        }
        // Whoever reads it has seen enough.
        (Ok(()), Some(error)) if error.kind() == io::ErrorKind::BrokenPipe => exit::SUCCESS,
        (Ok(()), _) => super::place::written(exit::SUCCESS, shell),
    }
}

/// Writes a file such that nobody ever sees half of it.
fn write(path: &Utf8Path, text: &str) -> Result<(), ErrorChain> {
    let failed = |error: io::Error| {
        ErrorChain::new(format!("failed to write `{path}`")).caused_by(error.to_string())
    };
    let text = format!("{text}\n");
    let is_special = path.as_std_path().metadata().is_ok_and(|it| !it.is_file());
    if is_special {
        // A device or a pipe, which nothing may take the place of; or a directory, which says so.
        let mut file = std::fs::File::options().write(true).open(path).map_err(failed)?;
        return file.write_all(text.as_bytes()).map_err(failed);
    }
    // A link stays a link.
    let path = &path.canonicalize_utf8().unwrap_or_else(|_| path.to_owned());
    let directory = path.parent().unwrap_or(path);
    let mut builder = tempfile::Builder::new();
    builder.prefix(".writing-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(directory).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
