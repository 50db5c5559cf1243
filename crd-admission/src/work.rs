//! Counts visits of values, to measure how the work grows with the input.

use std::cell::Cell;

use serde_json::{Value, json};

use crate::testing::{definition, version};
use crate::{Crd, Request};

thread_local! {
    static LOOKS: Cell<u64> = const { Cell::new(0) };
}

/// Counts a visit of a token or a list item.
pub(crate) fn count() {
    LOOKS.set(LOOKS.get() + 1);
}

/// The number of visits of a function.
fn looks(job: impl FnOnce()) -> u64 {
    let before = LOOKS.get();
    job();
    LOOKS.get() - before
}

/// A CRD with lists and maps, and a rule on its `spec`.
fn crd(rule: &str) -> Crd {
    let int = json!({"type": "integer"});
    let pair = json!({"type": "object", "properties": {"a": int, "b": int}});
    let spec = json!({
        "type": "object",
        "properties": {
            "ints": {"type": "array", "maxItems": 5000, "items": int},
            "pairs": {"type": "array", "maxItems": 5000, "items": pair},
            "set": {"type": "array", "maxItems": 5000, "items": int, "x-kubernetes-list-type": "set"},
            "map": {"type": "object", "maxProperties": 5000, "additionalProperties": int},
            "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": true,
                "properties": {"a": int}},
        },
        "x-kubernetes-validations": [{"rule": rule}],
    });
    let crd = definition(&[version(&spec)]);
    Crd::compile(&crd, &[]).unwrap_or_else(|error| panic!("{rule}: {error}"))
}

/// An object whose lists and maps have this many entries.
fn thing(count: usize) -> String {
    let ints: Vec<_> = (0..count).collect();
    let map = |value: fn(usize) -> Value| -> Value {
        ints.iter()
            .map(|at| (format!("k{at}"), value(*at)))
            .collect()
    };
    let pairs: Vec<_> = ints.iter().map(|at| json!({"a": at, "b": 1})).collect();
    let mut free = map(|at| json!([at]));
    free["a"] = json!(1);
    let spec = json!({
        "ints": ints, "set": ints, "pairs": pairs, "map": map(|at| json!(at)), "free": free,
    });
    json!({
        "apiVersion": "example.com/v1", "kind": "Thing",
        "metadata": {"name": "a", "namespace": "b", "resourceVersion": "1"}, "spec": spec,
    })
    .to_string()
}

/// The server charges each of these per iteration, at any size of list: sizes and indexes must be
/// available in constant time.
#[test]
fn work_grows_linearly_with_the_object() {
    let rules = [
        "self.ints.all(x, size(self.ints) > 0)",
        "self.pairs.all(x, size(self.pairs) > 0)",
        "self.pairs.all(i, x, self.pairs[i].a == x.a)",
        "self.pairs.all(x, self.?pairs[?3].hasValue())",
        "self.pairs.all(x, self.free.a == 1)",
        "self.map.all(k, k in self.map)",
        "self.map.all(k, self.map[k] >= 0)",
        "self.map.all(k, v, self.map[k] == v && size(self.map) > 0)",
        "self.map.transformMap(k, v, v + 1).size() > 0",
        "self.set.map(x, x).all(x, x in [1, 2] || x >= 0)",
        "[self.ints.map(x, x)].all(made, self.ints.all(x, size(made + made + made) > 0))",
        "[self.ints.map(x, x)].all(made, self.ints.all(i, x, (made + made)[i] == x))",
        "self.set == oldSelf.set && self.map == oldSelf.map && self.pairs == oldSelf.pairs",
    ];
    let objects = [500, 2000].map(thing);
    for rule in rules {
        let crd = crd(rule);
        let validator = crd.version("v1").expect("served");
        let [few, many] = objects.each_ref().map(|object| {
            looks(|| {
                let verdict = validator.run(Request::update(object, object));
                assert!(verdict.is_allowed(), "{rule}: {verdict:?}");
            })
        });
        assert!(many < 6 * few, "{rule}: {few} looks, then {many}");
    }
}
