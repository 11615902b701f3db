//! Unit-graph oracle: units, features and edges equal cargo's own `--unit-graph`.

mod self_test;
