//! Unusual requests, with the answers of the API server's own code.

#[path = "../src/testing.rs"]
mod testing;

use crd_admission::{Crd, Release, Request, Validator};
use serde_json::{Value, json};

use testing::{definition, version};

/// A CRD with a field for each case.
fn crd() -> Crd {
    let text = json!({"type": "string"});
    let texts = json!({"type": "array", "items": text, "maxItems": 9});
    let pair = json!({"type": "object", "required": ["k"], "properties": {"k": text}});
    let empty = json!({"maxLength": 0});
    let spec = json!({
        "type": "object",
        "properties": {
            "a": text, "b": text,
            "port": {
                "x-kubernetes-int-or-string": true,
                "allOf": [{"not": {"enum": [0]}}, {"not": {"enum": ["A"]}}],
            },
            "set": texts, "words": texts,
            "pairs": {
                "type": "array", "items": pair, "maxItems": 9,
                "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"],
                "x-kubernetes-validations": [{"rule": "self == oldSelf", "message": "is fixed"}],
            },
            "embedded": {
                "type": "object", "x-kubernetes-embedded-resource": true,
                "x-kubernetes-preserve-unknown-fields": true,
            },
            "phase": {
                "type": "object", "properties": {"name": text},
                "x-kubernetes-validations": [{
                    "rule": "oldSelf.hasValue() || self.name == 'new'", "optionalOldSelf": true,
                }],
            },
        },
        "anyOf": [{"properties": {"a": empty, "b": empty}}, {"required": ["port"]}],
        "x-kubernetes-validations": [
            {"rule": "!has(self.words) || self.words.join('-') != ''", "message": "joins"},
            {"rule": "!has(self.set) || sets.contains(['x'], self.set)", "message": "contains"},
            {"rule": "!has(self.set) || !sets.intersects(self.set, ['y'])", "message": "intersects"},
        ],
    });
    let mut version = version(&spec);
    version["subresources"] = json!({"status": {}});
    let crd = definition(&[version]);
    Crd::compile(&crd, &[]).expect("it is good")
}

fn thing(spec: &Value) -> Value {
    json!({
        "apiVersion": "example.com/v1", "kind": "Thing",
        "metadata": {"name": "a", "namespace": "default"}, "spec": spec,
    })
}

/// The errors on creation of an object.
fn created(spec: &Value) -> Vec<String> {
    let crd = crd();
    let verdict = crd.version("v1").expect("served").create(&thing(spec));
    texts(verdict.rejection().into_iter().flatten())
}

fn texts<T: ToString>(all: impl IntoIterator<Item = T>) -> Vec<String> {
    all.into_iter().map(|one| one.to_string()).collect()
}

fn with_validator<T>(job: impl FnOnce(Validator<'_>) -> T) -> T {
    let crd = crd();
    job(crd.version("v1").expect("served"))
}

#[test]
fn the_same_fault_of_two_fields_is_reported_for_both() {
    let found = created(&json!({"a": "x", "b": "y"}));
    for field in ["spec.a", "spec.b"] {
        let fault = format!("{field}: Too long: may not be more than 0 bytes");
        assert!(found.contains(&fault), "{found:?}");
    }
}

#[test]
fn a_double_is_truncated_to_match_an_integer_in_an_enum() {
    let has_not = |port: Value| {
        let found = created(&json!({ "port": port }));
        found
            .iter()
            .any(|fault| fault.ends_with("must not validate the schema (not)"))
    };
    assert!(
        has_not(json!(0)) && has_not(json!(0.01)) && has_not(json!(-0.5)) && has_not(json!(65))
    );
    assert!(!has_not(json!(1)) && !has_not(json!(1.5)) && !has_not(json!("0")));
}

/// The errors on creation of an object with this spec.
fn created_by(schema: &Value, spec: &Value) -> Vec<String> {
    let crd = Crd::compile(&definition(&[version(schema)]), &[]).expect("it is good");
    let validator = crd.version("v1").expect("served");
    let verdict = validator.create(&thing(spec));
    let found = texts(verdict.rejection().into_iter().flatten());
    assert_eq!(validator.is_valid(&thing(spec)), found.is_empty(), "{spec}");
    found
}

/// A null status is stored if its schema allows it, or has no type.
#[test]
fn a_status_may_be_null() {
    let null = json!(null);
    for (status, kept) in [
        (json!({"type": "object", "nullable": true}), Some(&null)),
        (json!({"type": "object"}), None),
        (json!({"x-kubernetes-preserve-unknown-fields": true}), None),
    ] {
        let mut version = version(&json!({"type": "object"}));
        version["subresources"] = json!({"status": {}});
        version["schema"]["openAPIV3Schema"]["properties"]["status"] = status;
        let crd = Crd::compile(&definition(&[version]), &[]).expect("it is good");
        let validator = crd.version("v1").expect("served");
        let mut old = thing(&json!({}));
        old["status"] = json!(null);
        let mut new = thing(&json!({}));
        new["status"] = json!({});
        for request in [
            Request::update(&old, &new),
            Request::update_status(&new, &old),
        ] {
            let verdict = validator.run(request);
            let stored = verdict.stored().expect("it is admitted");
            assert_eq!(stored.get("status"), kept);
        }
    }
}

#[test]
fn containers_are_listed_as_they_would_be_stored() {
    let schema = json!({
        "type": "object",
        "enum": [{"a": 1, "b": [1, {}]}, {"b": [2.5, "<"]}, {"a": 1}],
        "properties": {
            "a": {"type": "number"},
            "b": {
                "type": "array", "x-kubernetes-preserve-unknown-fields": true,
                "items": {"x-kubernetes-preserve-unknown-fields": true},
            },
        },
    });
    let fault = |shown: &str| {
        vec![format!(
            "spec: Unsupported value: {shown}: supported values: \
             \"{{\\\"a\\\":1,\\\"b\\\":[1,{{}}]}}\", \"{{\\\"b\\\":[2.5,\\\"\\\\u003c\\\"]}}\", \
             \"{{\\\"a\\\":1}}\""
        )]
    };
    for spec in [
        json!({"b": [1, {}], "a": 1}),
        json!({"b": [2.5, "<"]}),
        json!({"a": 1}),
        json!({"a": 1, "unknown": 1, "b": null}),
    ] {
        assert_eq!(created_by(&schema, &spec), Vec::<String>::new());
    }
    for (spec, shown) in [
        (json!({"a": 1.0}), "{\"a\":1}"),
        (json!({"a": 2}), "{\"a\":2}"),
        (json!({"a": 1, "b": [1]}), "{\"a\":1,\"b\":[1]}"),
        (json!({"b": ["<", 2.5]}), "{\"b\":[\"\\u003c\",2.5]}"),
        (json!({}), "{}"),
    ] {
        assert_eq!(created_by(&schema, &spec), fault(shown));
    }
}

/// As in OpenShift's Routes: a container that is not in an enum fails an alternative, for both the
/// fast and the thorough check.
#[test]
fn alternatives_list_containers_too() {
    let unless = |field: Value| json!({"properties": {"tls": field}});
    let mut schema = json!({
        "type": "object",
        "properties": {"tls": {"type": "object", "properties": {"mode": {"type": "string"}}}},
        "anyOf": [unless(json!({"enum": [null]})), unless(json!({"enum": [{"mode": "edge"}]}))],
    });
    assert_eq!(
        created_by(&schema, &json!({"tls": {"mode": "edge"}})),
        [""; 0]
    );
    let found = created_by(&schema, &json!({"tls": {"mode": "pass"}}));
    assert!(
        found[0].contains("must validate at least one schema (anyOf)"),
        "{found:?}"
    );
    schema["not"] = unless(json!({"enum": [{"mode": "edge"}]}));
    let found = created_by(&schema, &json!({"tls": {"mode": "edge"}}));
    assert!(
        found[0].contains("must not validate the schema (not)"),
        "{found:?}"
    );
}

#[test]
fn lists_of_other_types_are_compared_too() {
    let any = json!({
        "x-kubernetes-preserve-unknown-fields": true,
        "enum": [[1, 2], 18_446_744_073_709_551_615_u64, "\u{fffd}", 1.5],
    });
    for (spec, is_listed) in [
        (json!([1, 2]), true),
        (json!([2, 1]), false),
        (json!([1, 2.0]), false),
        (json!({}), false),
        (json!(18_446_744_073_709_551_615_u64), true),
        (json!(1.8e19), false),
        (json!(-1), true),
        (json!(0xd800), true),
        (json!(65), false),
        (json!(1.5), true),
        (json!(true), false),
    ] {
        assert_eq!(created_by(&any, &spec).is_empty(), is_listed, "{spec}");
    }
    let text = json!({"type": "string", "enum": ["a"]});
    assert_eq!(
        created_by(&text, &json!(["a"])),
        [
            "spec: Invalid value: \"array\": spec in body must be of type string: \"array\"",
            "spec: Unsupported value: [\"a\"]: supported values: \"a\"",
        ]
    );
}

#[test]
fn a_bound_beyond_the_integers_is_the_least_of_them() {
    let schema = json!({"type": "integer", "maximum": 9_223_372_036_854_775_807_i64});
    assert_eq!(
        created_by(&schema, &json!(3)),
        [
            "spec: Invalid value: 3: spec in body should be less than or equal to -9223372036854775808"
        ]
    );
    let schema = json!({"type": "integer", "minimum": 1e19});
    assert_eq!(created_by(&schema, &json!(3)), Vec::<String>::new());
}

#[test]
fn faults_of_many_items_are_reported_once_each() {
    let items = |maximum: i32| json!({"items": {"maximum": maximum}});
    let schema = json!({
        "type": "array", "items": {"type": "integer"}, "anyOf": [items(0)], "allOf": [items(0)],
    });
    let found = created_by(&schema, &json!(vec![1; 20_000]));
    // An error for each item, and one for each keyword.
    assert_eq!(found.len(), 20_000 + 2);
}

#[test]
fn managers_of_an_embedded_resource_are_checked_and_rewritten() {
    let embedded = |managers: Value| {
        let metadata = json!({"name": "a", "managedFields": managers});
        json!({"embedded": {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}})
    };
    let wrong = json!([{"manager": "a\u{7}", "fieldsType": "FieldsV2", "operation": "Patch"}]);
    let at = "spec.embedded.metadata.managedFields[0]";
    assert_eq!(
        created(&embedded(wrong)),
        [
            format!("{at}.operation: Invalid value: \"Patch\": must be `Apply` or `Update`"),
            format!("{at}.fieldsType: Invalid value: \"FieldsV2\": must be `FieldsV1`"),
            format!(
                "{at}.manager: Invalid value: \"a\\a\": invalid character U+0007 (at position 1)"
            ),
        ]
    );
    let good = json!([{
        "operation": "Update", "manager": "", "time": "0001-01-01T00:00:00Z", "fieldsV1": [1],
    }]);
    let stored = with_validator(|validator| {
        let verdict = validator.create(&thing(&embedded(good)));
        verdict.stored().cloned().expect("it is good")
    });
    assert_eq!(
        stored.pointer("/spec/embedded/metadata/managedFields"),
        Some(&json!([{"operation": "Update", "fieldsV1": [1]}]))
    );
}

#[test]
fn an_embedded_zero_time_is_a_change_and_is_not_stored() {
    let embedded = |metadata: Value| json!({"embedded": {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}});
    let generations = |metadata: Value| {
        with_validator(|validator| {
            let old = thing(&embedded(json!({"name": "a"})));
            let mut new = thing(&embedded(metadata));
            new["metadata"]["resourceVersion"] = "1".into();
            let request = Request::update(&old, &new);
            let stored = validator
                .run(request)
                .stored()
                .cloned()
                .expect("it is good");
            assert_eq!(stored["spec"], old["spec"]);
            stored["metadata"]["generation"].clone()
        })
    };
    assert_eq!(generations(json!({"name": "a"})), 1);
    let none = "0001-01-01T00:00:00Z";
    assert_eq!(
        generations(json!({"name": "a", "creationTimestamp": none})),
        1
    );
    assert_eq!(
        generations(json!({"name": "a", "deletionTimestamp": none})),
        2
    );
}

#[test]
fn the_byte_before_is_named_where_padding_is_cut_short() {
    let spec = json!({
        "type": "object",
        "properties": {"key": {"type": "string", "format": "byte"}, "n": {"type": "integer"}},
        "x-kubernetes-validations": [{"rule": "self.key.size() > 0"}],
    });
    let crd = Crd::compile(&definition(&[version(&spec)]), &[]).expect("it is good");
    let validator = crd.version("v1").expect("served");
    for (key, at) in [("YQ=A", 2), ("YQ=", 3), ("YQ==A", 4), ("YQA", 0)] {
        // Ratcheting ignores the format of an unchanged key.
        let old = thing(&json!({ "key": key, "n": 1 }));
        let mut new = thing(&json!({ "key": key, "n": 2 }));
        new["metadata"]["resourceVersion"] = "1".into();
        let verdict = validator.run(Request::update(&old, &new));
        let found = texts(verdict.rejection().into_iter().flatten());
        let fault = format!("illegal base64 data at input byte {at} ");
        assert!(found.iter().any(|text| text.contains(&fault)), "{found:?}");
    }
}

#[test]
fn duplicates_are_reported_even_if_an_embedded_resource_is_invalid() {
    let body = r#"{
        "apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"},
        "spec": {"a": "", "a": "", "embedded": {"metadata": {"generation": 1e21}}}
    }"#;
    with_validator(|validator| {
        let verdict = validator.create(body);
        assert!(!verdict.is_allowed());
        assert_eq!(verdict.duplicate_fields, ["spec.a"]);
    });
}

#[test]
fn type_and_version_of_an_embedded_resource_are_texts() {
    let mut new = thing(&json!({"embedded": {"apiVersion": true, "kind": [1], "metadata": {}}}));
    // Metadata of another kind is not decoded before the kind is checked.
    new["kind"] = "Other".into();
    new["metadata"]["resourceVersion"] = "1".into();
    let old = thing(&json!({}));
    let said = with_validator(|validator| {
        let verdict = validator.run(Request::update(&old, &new));
        texts(verdict.rejection().into_iter().flatten())
    });
    for fault in [
        "spec.embedded.apiVersion: Invalid value: true: must be a string",
        "spec.embedded.kind: Invalid value: [1]: must be a string",
    ] {
        assert!(said.iter().any(|text| text == fault), "{said:?}");
    }
}

#[test]
fn an_object_of_another_kind_has_its_embedded_resources_checked() {
    let old = thing(&json!({}));
    let mut new = thing(&json!({"embedded": {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"generation": 0.5},
    }}));
    new["kind"] = json!("Other");
    let found = with_validator(|validator| {
        let verdict = validator.run(Request::update(&old, &new));
        texts(verdict.rejection().into_iter().flatten())
    });
    let fault = "spec.embedded.metadata: Invalid value: {\"generation\":0.5}: json: cannot \
                 unmarshal number 0.5 into Go struct field ObjectMeta.generation of type int64";
    assert!(found.iter().any(|found| found == fault), "{found:?}");
}

#[test]
fn a_status_that_the_schema_does_not_know_is_not_stored() {
    let old = thing(&json!({}));
    let mut new = old.clone();
    new["kind"] = json!("Other");
    new["status"] = json!({"phase": "Ready"});
    let stored = with_validator(|validator| {
        let verdict = validator.run(Request::update_status(&old, &new));
        verdict.stored().cloned().expect("it is allowed")
    });
    assert_eq!(stored.get("status"), None);
}

#[test]
fn status_updates_do_not_ratchet_before_1_33() {
    let mut version = version(&json!({
        "type": "object", "properties": {"a": {"type": "integer"}},
        "x-kubernetes-validations": [{"rule": "self.a > 1"}],
    }));
    let schema = &mut version["schema"]["openAPIV3Schema"];
    schema["properties"]["status"] = json!({"type": "integer", "maximum": 1});
    version["subresources"] = json!({"status": {}});
    let definition = definition(&[version]);
    let found = |release: Release, (old, new): (i32, i32)| {
        let crd = Crd::compile_for(&definition, &[], release).expect("it is good");
        let stored = |status: i32| {
            let mut thing = thing(&json!({"a": 1}));
            thing["status"] = json!(status);
            thing
        };
        let (old, new) = (stored(old), stored(new));
        let validator = crd.version("v1").expect("served");
        let verdict = validator.run(Request::update_status(&old, &new));
        texts(verdict.rejection().into_iter().flatten())
    };
    let rule = "spec: Invalid value: failed rule: self.a > 1";
    let status = "status: Invalid value: 2:  in body should be less than or equal to 1";
    assert_eq!(found(Release::V1_33, (2, 2)), Vec::<String>::new());
    assert_eq!(found(Release::V1_32, (2, 2)), [status, rule]);
    assert_eq!(found(Release::V1_33, (0, 1)), Vec::<String>::new());
    assert_eq!(found(Release::V1_32, (0, 1)), [rule]);
}

#[test]
fn formats_of_names_are_checked_since_1_35() {
    let text = json!({"type": "string", "format": "k8s-short-name"});
    for (release, is_checked) in [(Release::V1_34, false), (Release::V1_35, true)] {
        let crd = Crd::compile_for(&definition(&[version(&text)]), &[], release);
        let crd = crd.expect("it is good");
        let validator = crd.version("v1").expect("served");
        assert_eq!(validator.is_valid(&thing(&json!("a.b"))), !is_checked);
    }
}

/// The errors of a status update on an invalid stored object.
fn found_in_stored(spec: &Value) -> Vec<String> {
    let thing = thing(spec);
    with_validator(|validator| {
        let verdict = validator.run(Request::update_status(&thing, &thing));
        texts(verdict.rejection().into_iter().flatten())
    })
}

#[test]
fn an_item_of_another_type_is_a_fault_where_it_is_looked_at() {
    let invalid = "invalid data, expected string, got []interface {}";
    assert_eq!(
        found_in_stored(&json!({"words": ["a", []]})),
        [format!(
            "spec: Invalid value: \"object\": join: invalid input: {invalid} evaluating rule: joins"
        )]
    );
    // A computed list never contains it, so the rule is broken; ratcheting ignores that in a status
    // update.
    assert_eq!(found_in_stored(&json!({"set": [[]]})), Vec::<String>::new());
}

#[test]
fn an_item_without_keys_is_equal_to_none() {
    let found = found_in_stored(&json!({"pairs": [null, {"k": "a"}]}));
    assert_eq!(found, ["spec.pairs: Invalid value: is fixed"]);
}

#[test]
fn an_optional_old_value_may_be_a_fault() {
    let old = thing(&json!({"phase": 1}));
    let new = thing(&json!({"phase": {"name": "old"}}));
    with_validator(|validator| {
        let verdict = validator.run(Request::update(&old, &new));
        assert!(verdict.is_allowed(), "{verdict:?}");
    });
}
