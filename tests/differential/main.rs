//! Requests and CRDs by chance, judged by the API server's own code and by ours.
//!
//! The server's code is a Go program that reads requests as JSON lines: `tests/oracle/admit`, or
//! what is in the folder that `FEAST_ORACLE_DIR` names. The variables that choose CRDs, counts and
//! seeds are in `tests/oracle/README.md`.

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

/// A number that an environment variable has.
fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok();
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}
