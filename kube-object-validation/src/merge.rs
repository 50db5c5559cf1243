//! Lists that server-side apply merges by key: it rejects two items with the same key before any
//! other validation.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use apimachinery::FieldPath;
use serde_json::Value;

use crate::node::Node;
use crate::refusal::{Kind, Refusal, Refusals, printed};

/// A list that is merged by key, and the lists in its items.
struct List {
    field: &'static str,
    keys: &'static [&'static str],
    inner: &'static [Inner],
}

/// A list in an item, with its path from there.
struct Inner {
    above: &'static [&'static str],
    list: List,
}

const fn list(field: &'static str, keys: &'static [&'static str]) -> List {
    let inner = &[];
    List { field, keys, inner }
}

const fn inner(field: &'static str, keys: &'static [&'static str]) -> Inner {
    Inner {
        above: &[],
        list: list(field, keys),
    }
}

const IN_CONTAINER: &[Inner] = &[
    inner("env", &["name"]),
    inner("ports", &["containerPort", "protocol"]),
    inner("volumeDevices", &["devicePath"]),
    inner("volumeMounts", &["mountPath"]),
    Inner {
        above: &["resources"],
        list: list("claims", &["name"]),
    },
];

const IN_POD: &[List] = &[
    List {
        field: "containers",
        keys: &["name"],
        inner: IN_CONTAINER,
    },
    List {
        field: "initContainers",
        keys: &["name"],
        inner: IN_CONTAINER,
    },
    list("resourceClaims", &["name"]),
    list(
        "topologySpreadConstraints",
        &["topologyKey", "whenUnsatisfiable"],
    ),
    list("volumes", &["name"]),
];

const IN_SERVICE: &[List] = &[list("ports", &["port", "protocol"])];
const IN_METADATA: &[List] = &[list("ownerReferences", &["uid"])];

pub(crate) fn check(object: &Node<'_, '_>, out: &mut Refusals) {
    let metadata = object.get("metadata");
    check_lists(&metadata, IN_METADATA, ".metadata", out);
    let spec = object.get("spec");
    match object.get("kind").text_or_empty() {
        "Service" => check_lists(&spec, IN_SERVICE, ".spec", out),
        "Deployment" => {
            let template = spec.get("template");
            check_lists(&template.get("spec"), IN_POD, ".spec.template.spec", out);
        }
        "CronJob" => {
            let (template, shown) = (
                spec.get("jobTemplate"),
                ".spec.jobTemplate.spec.template.spec",
            );
            let job = template.get("spec");
            let template = job.get("template");
            check_lists(&template.get("spec"), IN_POD, shown, out);
            check_exit_codes(&job, out);
        }
        _ => {}
    }
}

/// A list without keys, whose items must differ.
fn check_exit_codes(job: &Node<'_, '_>, out: &mut Refusals) {
    let policy = job.get("podFailurePolicy");
    for (number, rule) in policy.get("rules").items().enumerate() {
        let codes = rule.get("onExitCodes");
        let mut seen = BTreeSet::new();
        for value in codes.get("values").items() {
            let code = value.integer().unwrap_or_default();
            if !seen.insert(code) {
                let rules = ".spec.jobTemplate.spec.podFailurePolicy.rules";
                let shown = format!("{rules}[{number}].onExitCodes.values");
                out.push(refusal(value.path(), &shown, &format!("={code}")));
            }
        }
    }
}

fn check_lists(parent: &Node<'_, '_>, lists: &[List], shown: &str, out: &mut Refusals) {
    for list in lists {
        check_list(parent, list, &|| shown.to_owned(), out);
    }
}

/// `shown` is the parent's path as server-side apply writes it.
fn check_list(parent: &Node<'_, '_>, list: &List, shown: &dyn Fn() -> String, out: &mut Refusals) {
    let shown = || format!("{}.{}", shown(), list.field);
    let items = parent.get(list.field);
    let mut counts = HashMap::<_, usize>::new();
    for item in items.items() {
        let shown_item = || format!("{}[{}]", shown(), key(&item, list.keys));
        for inner in list.inner {
            check_inner(&item, inner, &shown_item, out);
        }
        let keys = list.keys.iter().map(|name| key_value(&item, name));
        let count = counts.entry(keys.collect::<Vec<_>>()).or_default();
        *count += 1;
        // The API server does not report a third one.
        if *count == 2 {
            out.push(refusal(item.path(), &shown(), &key(&item, list.keys)));
        }
    }
}

fn check_inner(item: &Node<'_, '_>, inner: &Inner, shown: &dyn Fn() -> String, out: &mut Refusals) {
    match inner.above {
        [] => check_list(item, &inner.list, shown, out),
        [field, ..] => {
            let shown = || format!("{}.{field}", shown());
            check_list(&item.get(field), &inner.list, &shown, out);
        }
    }
}

/// The value of a key. A missing protocol is TCP.
fn key_value<'v>(item: &Node<'v, '_>, name: &'static str) -> Cow<'v, Value> {
    match item.get(name).value() {
        Some(value) => Cow::Borrowed(value),
        None if name == "protocol" => Cow::Owned("TCP".into()),
        None => Cow::Owned(Value::Null),
    }
}

/// The key of an item, as the server writes it.
fn key(item: &Node<'_, '_>, keys: &[&'static str]) -> String {
    let part = |name: &&'static str| format!("{name}={}", printed(&key_value(item, name)));
    keys.iter().map(part).collect::<Vec<_>>().join(",")
}

fn refusal(path: FieldPath, shown: &str, key: &str) -> Refusal {
    Refusal {
        path,
        kind: Kind::DuplicateKey,
        field: shown.to_owned(),
        detail: format!("[{key}]"),
    }
}
