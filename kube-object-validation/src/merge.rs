//! Lists that server-side apply merges by key: it rejects two items with the same key before any
//! other validation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use apimachinery::FieldPath;
use apimachinery::go::Quoted;

use crate::node::Node;
use crate::refusal::{Kind, Refusal, Refusals};

/// A list that is merged by key, and the lists in its items.
struct List {
    field: &'static str,
    keys: Keys,
    inner: &'static [Inner],
}

/// The names of a list's keys: one or two.
#[derive(Clone, Copy)]
struct Keys(&'static str, Option<&'static str>);

/// A list in an item, with its path from there.
struct Inner {
    above: &'static [&'static str],
    list: List,
}

const fn one(name: &'static str) -> Keys {
    Keys(name, None)
}

const fn two(first: &'static str, second: &'static str) -> Keys {
    Keys(first, Some(second))
}

const fn list(field: &'static str, keys: Keys) -> List {
    let inner = &[];
    List { field, keys, inner }
}

const fn inner(field: &'static str, keys: Keys) -> Inner {
    Inner {
        above: &[],
        list: list(field, keys),
    }
}

const IN_CONTAINER: &[Inner] = &[
    inner("env", one("name")),
    inner("ports", two("containerPort", "protocol")),
    inner("volumeDevices", one("devicePath")),
    inner("volumeMounts", one("mountPath")),
    Inner {
        above: &["resources"],
        list: list("claims", one("name")),
    },
];

const IN_POD: &[List] = &[
    List {
        field: "containers",
        keys: one("name"),
        inner: IN_CONTAINER,
    },
    List {
        field: "initContainers",
        keys: one("name"),
        inner: IN_CONTAINER,
    },
    list("resourceClaims", one("name")),
    list(
        "topologySpreadConstraints",
        two("topologyKey", "whenUnsatisfiable"),
    ),
    list("volumes", one("name")),
];

const IN_SERVICE: &[List] = &[list("ports", two("port", "protocol"))];
const IN_METADATA: &[List] = &[list("ownerReferences", one("uid"))];

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
    let mut counts = BTreeMap::<_, usize>::new();
    for item in items.items() {
        let shown_item = || format!("{}[{}]", shown(), Key::of(&item, list.keys));
        for inner in list.inner {
            check_inner(&item, inner, &shown_item, out);
        }
        if items.len() == 1 {
            continue;
        }
        let key = Key::of(&item, list.keys);
        let count = counts.entry(key.clone()).or_default();
        *count += 1;
        // The API server does not report a third one.
        if *count == 2 {
            out.push(refusal(item.path(), &shown(), &key.to_string()));
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

/// The key of an item. It is shown as the server writes it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'v>(Part<'v>, Option<Part<'v>>);

/// A part of a key: its name and value.
type Part<'v> = (&'static str, Scalar<'v>);

/// The value of a part.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Scalar<'v> {
    Missing,
    Text(&'v str),
    Integer(i64),
    /// Any other value, in JSON.
    Other(String),
}

impl<'v> Key<'v> {
    fn of(item: &Node<'v, '_>, Keys(first, second): Keys) -> Self {
        let part = |name| (name, Scalar::of(item, name));
        Self(part(first), second.map(part))
    }
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self((name, value), second) = self;
        write!(f, "{name}={value}")?;
        match second {
            Some((name, value)) => write!(f, ",{name}={value}"),
            None => Ok(()),
        }
    }
}

impl<'v> Scalar<'v> {
    /// A missing protocol is TCP.
    fn of(item: &Node<'v, '_>, name: &'static str) -> Self {
        let field = item.get(name);
        match (field.text(), field.integer(), field.value()) {
            (Some(text), ..) => Self::Text(text),
            (None, Some(number), _) => Self::Integer(number),
            (None, None, Some(value)) => Self::Other(value.to_string()),
            (None, None, None) if name == "protocol" => Self::Text("TCP"),
            (None, None, None) => Self::Missing,
        }
    }
}

impl fmt::Display for Scalar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("null"),
            Self::Text(text) => Quoted(text).fmt(f),
            Self::Integer(number) => number.fmt(f),
            Self::Other(json) => f.write_str(json),
        }
    }
}

fn refusal(path: FieldPath, shown: &str, key: &str) -> Refusal {
    Refusal {
        path,
        kind: Kind::DuplicateKey,
        field: shown.to_owned(),
        detail: format!("[{key}]"),
    }
}
