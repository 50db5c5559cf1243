//! Compares verdicts on random requests and CRDs with those of the API server's own code.
//!
//! The server's code is a Go program that reads requests as JSON lines: `tests/oracle/admit`, or
//! that in the directory `FEAST_ORACLE_DIR`. The variables that choose CRDs, counts and seeds are
//! in `tests/oracle/README.md`.

#[path = "../conformance/case.rs"]
mod case;
mod changes;
#[path = "../conformance/definition.rs"]
mod definition;
mod definitions;
mod edits;
mod generate;
mod json;
mod literals;
mod metadata;
mod oracle;
mod random;
mod resources;
mod subjects;
mod texts;
mod values;

/// A number from an environment variable.
fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok();
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}
