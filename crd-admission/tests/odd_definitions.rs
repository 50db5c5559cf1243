//! Unusual definitions, with the answers of the API server's own code.

#[path = "../src/testing.rs"]
mod testing;

use crd_admission::{CompileError, Crd};
use serde_json::{Value, json};

use testing::{definition, version};

/// The reasons for which a definition is rejected.
fn faults(definition: &Value) -> Vec<String> {
    match Crd::compile(definition, &[]) {
        Err(CompileError::Refused(rejection)) => {
            rejection.iter().map(ToString::to_string).collect()
        }
        other => {
            assert!(other.is_ok(), "{other:?}");
            Vec::new()
        }
    }
}

/// The same, for a definition of resources with this spec.
fn defined_by(schema: &Value) -> Vec<String> {
    faults(&definition(&[version(schema)]))
}

#[test]
fn rules_about_all_defaults_have_one_budget() {
    let refused = |count: usize| {
        // Each costs 700,000, proportional to the length of both texts.
        let text = json!({
            "type": "string", "maxLength": 10_000, "default": "a".repeat(10_000),
            "x-kubernetes-validations": [{"rule": format!("!self.contains('{}')", "b".repeat(7_000))}],
        });
        let properties: serde_json::Map<_, _> = (0..count)
            .map(|at| (format!("f{at:02}"), text.clone()))
            .collect();
        let schema = json!({"type": "object", "properties": properties});
        defined_by(&schema)
    };
    assert_eq!(refused(14), Vec::<String>::new());
    let found = refused(15);
    let fault = "validation failed due to running out of cost budget, no further validation rules \
                 will be run";
    assert!(found.len() == 1 && found[0].ends_with(fault), "{found:?}");
}

#[test]
fn of_two_versions_with_one_name_the_second_is_not_stored() {
    let version = |is_stored: bool| {
        json!({
            "name": "v1", "served": true, "storage": is_stored,
            "schema": {"openAPIV3Schema": {"type": "object"}},
        })
    };
    let crd = definition(&[version(false), version(true)]);
    assert_eq!(
        faults(&crd),
        [
            "spec.versions: Invalid value: must contain unique version names",
            "status.storedVersions: Invalid value: must have the storage version v1",
        ]
    );
}

/// `anyOf` may allow integers and strings; other keywords there have no effect.
#[test]
fn keywords_without_effect_do_not_change_an_int_or_string_pattern() {
    let either = |more: Value| {
        let mut first = json!({"type": "integer"});
        first
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().cloned().unwrap());
        let any = json!([first, {"type": "string"}]);
        defined_by(&json!({"x-kubernetes-int-or-string": true, "anyOf": any}))
    };
    for nothing in [
        json!({"additionalProperties": false}),
        json!({"enum": []}),
        json!({"oneOf": []}),
    ] {
        assert_eq!(either(nothing.clone()), Vec::<String>::new(), "{nothing}");
    }
    for something in [json!({"additionalProperties": true}), json!({"minimum": 1})] {
        assert!(!either(something.clone()).is_empty(), "{something}");
    }
}

#[test]
fn a_blank_message_is_rejected_but_used() {
    let rules = json!([{"rule": "self != 'a'", "message": " "}]);
    let found = defined_by(&json!({
        "type": "string", "default": "a", "x-kubernetes-validations": rules,
    }));
    let default = "spec.validation.openAPIV3Schema.properties[spec].default";
    assert_eq!(found[1..], [format!("{default}: Invalid value: \"a\"")]);
}

#[test]
fn defaults_are_checked_by_rules_with_an_invalid_path() {
    let rules = json!([{"rule": "self != 'a'", "message": "is a", "fieldPath": ".nope"}]);
    let found = defined_by(&json!({
        "type": "string", "default": "a", "x-kubernetes-validations": rules,
    }));
    let default = "spec.validation.openAPIV3Schema.properties[spec].default";
    assert!(
        found.contains(&format!("{default}: Invalid value: \"a\": is a")),
        "{found:#?}"
    );
}

/// The server reports errors of schemas that all versions share in one place.
#[test]
fn an_empty_list_is_no_difference_between_versions() {
    let told_at = |more: Value| {
        let versions = ["v1", "v2"].map(|name| {
            let mut spec = json!({"type": "string", "maximum": 1, "nullable": true, "title": "x"});
            if name == "v2" {
                spec.as_object_mut()
                    .unwrap()
                    .extend(more.as_object().cloned().unwrap());
            }
            spec["id"] = "a".into();
            let mut version = version(&spec);
            version["name"] = name.into();
            version["storage"] = (name == "v1").into();
            version
        });
        faults(&definition(&versions)).swap_remove(0)
    };
    for same in [json!({}), json!({"enum": []}), json!({"properties": {}})] {
        assert!(
            told_at(same.clone()).starts_with("spec.validation."),
            "{same}"
        );
    }
    for other in [
        json!({"items": {}}),
        json!({"default": []}),
        json!({"title": "y"}),
    ] {
        assert!(
            told_at(other.clone()).starts_with("spec.versions[0]."),
            "{other}"
        );
    }
}
