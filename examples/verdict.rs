//! A verdict on bytes: what an API server would say of a FeatureStore, and what it would store.
//!
//! ```console
//! $ cargo run --example verdict < store.json
//! ```
#![expect(clippy::print_stdout, reason = "it prints")]

use std::io::{self, Read as _};

use feast_kube::validate::{Validator, Verdict};

/// What to tell the author: errors in the API server's words, and fields that it would drop.
fn complaints(verdict: &Verdict) -> Vec<String> {
    let violations = verdict.rejection().into_iter().flatten();
    let errors = violations.map(|violation| format!("error: {violation}"));
    let unknown = verdict.unknown_fields.iter();
    let warnings = unknown.map(|field| format!("warning: unknown field {field}"));
    errors.chain(warnings).collect()
}

fn main() -> io::Result<()> {
    let mut json = Vec::new();
    io::stdin().read_to_end(&mut json)?;
    let verdict = Validator::v1().create(&json);
    for complaint in complaints(&verdict) {
        println!("{complaint}");
    }
    if let Some(stored) = verdict.stored() {
        println!("{stored:#}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_field_is_dropped() {
        let verdict = Validator::v1().create(
            r#"{
                "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
                "metadata": {"name": "sample"},
                "spec": {"feastProject": "credit_scoring", "servces": {}}
            }"#,
        );
        assert_eq!(
            complaints(&verdict),
            ["warning: unknown field spec.servces: did you mean `services`?"]
        );
        let stored = verdict.stored().expect("it would be accepted");
        assert_eq!(stored["spec"]["replicas"], 1, "the default is filled in");
        assert!(stored["spec"]["servces"].is_null());
    }

    #[test]
    fn an_object_that_is_none() {
        assert_eq!(complaints(&Validator::v1().create("[")).len(), 1);
    }
}
