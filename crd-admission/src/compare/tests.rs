use serde_json::json;

use super::*;

fn crd(schema: &Value) -> Value {
    json!({"spec": {"versions": [
        {"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": schema}},
    ]}})
}

fn said(old: &Value, new: &Value) -> Vec<(String, Effect)> {
    let found = differences(&crd(old), &crd(new));
    let said = found.iter();
    said.map(|difference| (difference.to_string(), difference.effect))
        .collect()
}

#[test]
fn equal_definitions_have_no_differences() {
    let crd = crd(&json!({"type": "object", "properties": {"a": {"type": "string"}}}));
    assert_eq!(differences(&crd, &crd), []);
    assert_eq!(differences(&json!(7), &json!([])), []);
}

#[test]
fn deep_schemas_are_compared_as_a_whole() {
    let nested = |depth, last: Value| {
        (0..depth).fold(last, |schema, _| json!({"properties": {"a": schema}}))
    };
    let [old, new] = ["string", "integer"].map(|ty| nested(200, json!({"type": ty})));
    let said = said(&old, &new);
    assert_eq!(said.len(), 1);
    assert!(said[0].0.contains(" schema is "), "{said:?}");
}

#[test]
fn bounds_go_either_way() {
    for (keyword, tighter, wider) in [("minimum", 3, 1), ("maxLength", 1, 3)] {
        let with = |bound: i32| json!({"properties": {"a": {keyword: bound}}});
        assert_eq!(said(&with(2), &with(tighter))[0].1, Effect::Refuses);
        assert_eq!(said(&with(2), &with(wider))[0].1, Effect::Admits);
        let without = json!({"properties": {"a": {}}});
        assert_eq!(said(&without, &with(2))[0].1, Effect::Refuses);
        assert_eq!(said(&with(2), &without)[0].1, Effect::Admits);
        let same = json!({"properties": {"a": {keyword: 2.0}}});
        assert_eq!(said(&with(2), &same), []);
    }
}

#[test]
fn fields_come_and_go() {
    let old = json!({"properties": {"a": {}, "b": {"items": {"properties": {"c": {}}}}},
                     "required": ["a"]});
    let new = json!({"properties": {"b": {"items": {"properties": {"c": {}, "d": {}}}}, "e": {}},
                     "required": ["e"]});
    let expected = [
        ("v1 a: the field is gone", Effect::Drops),
        ("v1 b[].d: a new field", Effect::Admits),
        ("v1 e: a new field", Effect::Admits),
        ("v1 e: is required", Effect::Refuses),
    ];
    assert_eq!(
        said(&old, &new),
        expected.map(|(text, effect)| (text.to_owned(), effect))
    );
}

#[test]
fn a_rule_is_known_by_its_text_or_its_message() {
    let with = |rules: &[(&str, &str)]| {
        let rule = |(rule, message): &(&str, &str)| json!({"rule": rule, "message": message});
        json!({"x-kubernetes-validations": rules.iter().map(rule).collect::<Vec<_>>()})
    };
    let old = with(&[("a", "A"), ("b", "B"), ("c", "C"), ("d", "D")]);
    let new = with(&[("a", "A"), ("b2", "B"), ("c", "C2"), ("e", "E")]);
    let expected = [
        ("v1: the rule \"B\" has another text", Effect::Refuses),
        ("v1: a rule has the new message \"C2\"", Effect::None),
        ("v1: the rule \"D\" is gone", Effect::Admits),
        ("v1: a new rule \"E\"", Effect::Refuses),
    ];
    assert_eq!(
        said(&old, &new),
        expected.map(|(text, effect)| (text.to_owned(), effect))
    );
}

#[test]
fn values_and_defaults() {
    let old = json!({"properties": {"a": {"enum": ["x", "y"], "default": "x"}}});
    let new = json!({"properties": {"a": {"enum": ["y", "z"], "default": "y"}}});
    let expected = [
        ("v1 a: default is \"y\", not \"x\"", Effect::Changes),
        (
            "v1 a: may be \"z\", and may no longer be \"x\"",
            Effect::Refuses,
        ),
    ];
    assert_eq!(
        said(&old, &new),
        expected.map(|(text, effect)| (text.to_owned(), effect))
    );
}
