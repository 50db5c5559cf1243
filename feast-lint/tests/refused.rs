//! What a real API server refuses, field by field.
//!
//! `data/refused.jsonl` has small objects with the fields that kube-apiserver 1.35.4 named when each
//! was sent as a server-side apply with strict validation; none if it took the object. They cover
//! every field of which it was seen to refuse something.

use std::collections::BTreeSet;

use feast_lint::refused::{self, Kind};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
struct Case {
    object: Value,
    fields: BTreeSet<String>,
}

#[test]
fn an_api_server_agrees() {
    for line in include_str!("data/refused.jsonl").lines() {
        let case: Case = serde_json::from_str(line).expect("a case");
        let refusals = refused::check(&case.object);
        let fields: BTreeSet<_> = refusals
            .iter()
            .map(|refusal| refusal.field.clone())
            .collect();
        assert_eq!(fields, case.fields, "{}", case.object);
    }
}

/// What is there twice, names nothing or is too long is where its path says.
#[test]
fn paths_lead_into_the_object() {
    for line in include_str!("data/refused.jsonl").lines() {
        let case: Case = serde_json::from_str(line).expect("a case");
        for refusal in refused::check(&case.object) {
            let is_there = matches!(
                refusal.kind,
                Kind::Duplicate | Kind::DuplicateKey | Kind::NotFound | Kind::TooLong
            );
            let found = case.object.pointer(&refusal.path.pointer());
            assert!(found.is_some() || !is_there, "{refusal}");
        }
    }
}
