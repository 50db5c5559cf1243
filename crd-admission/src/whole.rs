//! Copies of values without unknown fields: of what was sent, only nulls can be missing, and only
//! defaults are added. So most fields are copied without a look at their schema.

use serde_json::{Map, Value};

use crate::fits::is_dropped;
use crate::json::{Data, Json, Node};
use crate::schema::Schema;
use crate::view::{Mode, View, stored_float};

/// The same as [`View::to_stored`] of the value with its defaults.
pub(crate) fn to_stored(node: Node<'_>, schema: Option<&Schema>) -> Value {
    match node {
        Node::Tree(place) => copy(place, schema),
        Node::Value(value) => copy(value, schema),
    }
}

fn copy<'a, J: Json<'a>>(value: J, schema: Option<&Schema>) -> Value {
    match value.data() {
        Data::Null => Value::Null,
        Data::Bool(value) => Value::Bool(value),
        Data::Int(number) => number.into(),
        Data::Float(number) => stored_float(number),
        Data::String(text) => Value::String(text.to_owned()),
        Data::Array(items) => {
            let schema = schema.and_then(|schema| schema.items.as_deref());
            items.map(|item| copy_item(item, schema)).collect()
        }
        Data::Object(fields) => Value::Object(copy_fields(fields, schema)),
    }
}

fn copy_item<'a, J: Json<'a>>(item: J, schema: Option<&Schema>) -> Value {
    let dropped = schema.filter(|schema| is_dropped(item, schema));
    let default = dropped.and_then(copy_default);
    default.unwrap_or_else(|| copy(item, schema))
}

fn copy_fields<'a, J: Json<'a>>(
    fields: impl Iterator<Item = (&'a str, J)>,
    object: Option<&Schema>,
) -> Map<String, Value> {
    // Inserting one by one is faster than collecting, which sorts first.
    let mut copied = Map::new();
    for (name, value) in fields {
        let schema = match value.data() {
            Data::Null | Data::Array(_) | Data::Object(_) => {
                object.and_then(|object| object.field(name))
            }
            _ => None,
        };
        let copy = match schema.filter(|schema| is_dropped(value, schema)) {
            Some(schema) => copy_default(schema),
            None => Some(copy(value, schema)),
        };
        if let Some(copy) = copy {
            copied.insert(name.to_owned(), copy);
        }
    }
    for (name, schema, _) in object.into_iter().flat_map(Schema::defaults) {
        if !copied.contains_key(name) {
            copied.extend(copy_default(schema).map(|default| (name.to_owned(), default)));
        }
    }
    copied
}

/// The default of a value, with the defaults in it.
fn copy_default(schema: &Schema) -> Option<Value> {
    let default = schema.default.as_ref()?.get();
    Some(View::new(default, schema, Mode::Defaulted).to_stored())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::Crd;
    use crate::testing::{definition, version};

    /// A CRD with defaults, nulls, maps, lists and unknown fields in each other.
    fn crd() -> Crd {
        let text = json!({"type": "string", "default": "d"});
        let number = json!({"type": "number", "nullable": true});
        let leaf = json!({
            "type": "object",
            "properties": {"a": text, "b": number, "c": {"type": "integer"}},
        });
        let filled = json!({
            "type": "object", "default": {"b": 1},
            "properties": {"a": text, "b": number, "l": {"type": "array", "items": leaf}},
        });
        let free = json!({"type": "object", "x-kubernetes-preserve-unknown-fields": true});
        let spec = json!({
            "type": "object",
            "properties": {
                "a": text, "b": number, "c": leaf, "d": filled, "e": free,
                "f": {"type": "object", "additionalProperties": filled},
                "g": {"type": "object", "additionalProperties": text},
                "l": {"type": "array", "items": text},
                "m": {"type": "array", "items": filled},
                "n": {"type": "array", "items": free},
            },
        });
        Crd::compile(&definition(&[version(&spec)]), &[]).expect("it is good")
    }

    /// An object with some of the fields.
    fn some<const N: usize>(
        fields: [(&'static str, BoxedStrategy<Value>); N],
    ) -> BoxedStrategy<Value> {
        let fields = fields.map(|(name, value)| prop::option::of((Just(name.to_owned()), value)));
        let fields = Vec::from(fields);
        fields
            .prop_map(|fields| fields.into_iter().flatten().collect())
            .boxed()
    }

    fn many(value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
        prop::collection::vec(value, 0..3)
            .prop_map(Value::Array)
            .boxed()
    }

    fn map(value: BoxedStrategy<Value>) -> BoxedStrategy<Value> {
        prop::collection::hash_map("[xyz]", value, 0..3)
            .prop_map(|fields| fields.into_iter().collect())
            .boxed()
    }

    fn one_of(values: &[Value]) -> BoxedStrategy<Value> {
        prop::sample::select(values.to_vec()).boxed()
    }

    /// Admitted values of the CRD, without unknown fields.
    fn spec() -> BoxedStrategy<Value> {
        let text = one_of(&[json!(null), json!("t")]);
        let number = one_of(&[json!(null), json!(1), json!(2.0), json!(2.5)]);
        let integer = one_of(&[json!(null), json!(3), json!(4.0)]);
        let leaf = some([
            ("a", text.clone()),
            ("b", number.clone()),
            ("c", integer.clone()),
        ]);
        let filled = some([
            ("a", text.clone()),
            ("b", number.clone()),
            ("l", many(leaf.clone())),
        ]);
        let filled = prop_oneof![1 => Just(json!(null)), 4 => filled].boxed();
        let free = map(prop_oneof![leaf.clone(), many(number.clone()), text.clone()].boxed());
        some([
            ("a", text.clone()),
            ("b", number),
            ("c", leaf),
            ("d", filled.clone()),
            ("e", free.clone()),
            ("f", map(filled.clone())),
            ("g", map(text.clone())),
            ("l", many(text)),
            ("m", many(filled)),
            ("n", many(free)),
        ])
    }

    /// The stored object of an admitted request, and whether it has unknown fields.
    fn stored(crd: &Crd, object: &Value) -> (Value, bool) {
        let validator = crd.version("v1").expect("it is served");
        let text = object.to_string();
        let verdict = validator.create(&text);
        let is_whole = verdict.unknown_fields.is_empty();
        (verdict.outcome.expect("it is admitted"), is_whole)
    }

    proptest! {
        /// Only without unknown fields is an object copied here.
        #[test]
        fn an_unknown_field_changes_nothing_else(spec in spec()) {
            let crd = crd();
            let mut object = json!({
                "apiVersion": "example.com/v1", "kind": "Thing",
                "metadata": {"name": "a", "namespace": "default"}, "spec": spec,
            });
            let (without, is_whole) = stored(&crd, &object);
            prop_assert!(is_whole);
            object["unknown"] = json!(1);
            let (with, is_whole) = stored(&crd, &object);
            prop_assert!(!is_whole);
            prop_assert_eq!(without, with);
        }
    }
}
