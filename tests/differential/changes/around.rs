//! Changes outside of schemas.

use serde_json::{Value, json};

use crate::definition::Change;
use crate::random::Random;

/// Texts, some of which are not valid names.
const TEXTS: [&str; 7] = ["", "a_b", "Upper", "-a", "a.b", "ok", "k8s.io"];
/// Maximum number of versions.
const MOST_VERSIONS: usize = 4;

/// A change of metadata, names, versions or conversion.
pub(super) fn change(random: &mut Random, definition: &Value) -> Change {
    let versions = definition["spec"]["versions"].as_array();
    let count = versions.map_or(0, Vec::len);
    let choices = match random.below(3) {
        0 if count > 0 => of_version(random.below(count), count, definition),
        1 if definition["spec"]["names"].is_object() => of_names(random.pick(&TEXTS)),
        _ => of_spec(definition, random.pick(&TEXTS)),
    };
    choices[random.below(choices.len())].clone()
}

/// Changes that set a field to each of some values.
fn each(at: &str, field: &str, values: impl IntoIterator<Item = Value>) -> Vec<Change> {
    let set = |to| Change {
        at: at.to_owned(),
        field: field.to_owned(),
        to: Some(to),
    };
    values.into_iter().map(set).collect()
}

fn texts<const N: usize>(at: &str, field: &str, values: [&str; N]) -> Vec<Change> {
    each(at, field, values.map(Value::from))
}

fn of_names(text: &str) -> Vec<Change> {
    let names = |list: &str| json!({"plural": text, "kind": "Thing", "listKind": list});
    let metadata = ["name", "namespace", "generateName"];
    let metadata = metadata.map(|field| texts("/metadata", field, [text]));
    let fields = ["plural", "singular", "kind", "listKind"];
    let fields = fields.map(|field| texts("/spec/names", field, [text]));
    let lists = ["shortNames", "categories"];
    let lists = lists.map(|field| each("/spec/names", field, [json!(["a", text])]));
    let approvals = ["unapproved, yet", "https://a.b/c", "soon"];
    let approvals = approvals.map(|text| json!({"api-approved.kubernetes.io": text}));
    let mut all = vec![
        each("/metadata", "labels", [json!({"a/b/c": "x y"})]),
        each("/metadata", "annotations", approvals),
        each("/spec", "names", ["Thing", "", "Things"].map(names)),
    ];
    all.extend(metadata);
    all.extend(fields);
    all.extend(lists);
    all.concat()
}

fn of_spec(definition: &Value, text: &str) -> Vec<Change> {
    let groups = [
        "",
        "nodots",
        "x.k8s.io",
        "a.kubernetes.io",
        "A.b",
        "example.com",
        text,
    ];
    let removed = ["group", "names", "scope"].map(|field| Change {
        at: "/spec".to_owned(),
        field: field.to_owned(),
        to: None,
    });
    [
        texts("/spec", "group", groups),
        texts("/spec", "scope", ["Cluster", "Namespaced", "", "Both"]),
        each(
            "/spec",
            "preserveUnknownFields",
            [json!(true), json!(false)],
        ),
        each("/spec", "conversion", conversions()),
        each("/spec", "versions", [json!([])]),
        more_versions(definition),
        removed.into(),
    ]
    .concat()
}

fn conversions() -> [Value; 10] {
    let webhook = |versions: &[&str], client: Value| {
        let webhook = json!({"conversionReviewVersions": versions, "clientConfig": client});
        json!({"strategy": "Webhook", "webhook": webhook})
    };
    let url = |url: &str| json!({ "url": url });
    let strange = json!({
        "service": {"name": "a", "namespace": "", "port": 70000, "path": "a//B/"},
    });
    let service = json!({"service": {"name": "a", "namespace": "b", "path": "/c"}});
    let mut unused = webhook(&["v1"], url("https://a.b"));
    unused["strategy"] = json!("None");
    [
        json!({"strategy": "None"}),
        json!({}),
        json!({"strategy": "Webhook"}),
        json!({"strategy": "Some"}),
        unused,
        webhook(&["v1", "v1", "V2"], json!({})),
        webhook(&["v3"], url("http://u:p@a.b/?x#y")),
        webhook(&[], url("%zz")),
        webhook(&["v1"], strange),
        webhook(&["v1"], service),
    ]
}

/// Another version, a copy of the first with another name.
fn more_versions(definition: &Value) -> Vec<Change> {
    let versions = definition["spec"]["versions"].as_array();
    let Some((versions, first)) = versions.and_then(|list| Some((list, list.first()?))) else {
        return Vec::new();
    };
    if versions.len() >= MOST_VERSIONS {
        return Vec::new();
    }
    let more = |(name, is_stored)| {
        let mut version = first.clone();
        version["name"] = json!(name);
        version["storage"] = json!(is_stored);
        let mut versions = versions.clone();
        versions.push(version);
        json!(versions)
    };
    let made = [("v1", false), ("v8", false), ("v9", false), ("v9", true)];
    each("/spec", "versions", made.map(more))
}

fn of_version(index: usize, count: usize, definition: &Value) -> Vec<Change> {
    let at = format!("/spec/versions/{index}");
    let flags = ["storage", "served", "deprecated"];
    let flags = flags.map(|field| each(&at, field, [json!(true), json!(false)]));
    let warnings = ["", "soon", "a\tb", "\u{200b}"];
    let columns = [
        json!({}),
        json!({"name": "A", "type": "string", "jsonPath": ".a"}),
        json!({"name": "", "type": "text", "format": "long", "jsonPath": "a"}),
    ];
    let mut all = vec![
        texts(&at, "name", ["v1", "v2", "V1", "", "1"]),
        texts(&at, "deprecationWarning", warnings),
        each(&at, "subresources", subresources()),
        each(
            &at,
            "additionalPrinterColumns",
            columns.map(|column| json!([column])),
        ),
        each(&at, "selectableFields", selectable()),
        each(&at, "schema", [json!({})]),
    ];
    all.extend(flags);
    if index + 1 < count {
        // Where errors of shared parts are reported depends on whether all versions have them.
        let next = definition.pointer(&format!("/spec/versions/{}/schema", index + 1));
        all.push(each(&at, "schema", next.cloned()));
    }
    all.concat()
}

fn subresources() -> Vec<Value> {
    let scales = [
        json!({"specReplicasPath": ".spec.a", "statusReplicasPath": ".status.a"}),
        json!({}),
        json!({
            "specReplicasPath": "spec", "statusReplicasPath": ".spec.a",
            "labelSelectorPath": ".a.b",
        }),
        json!({
            "specReplicasPath": ".status.a", "statusReplicasPath": "", "labelSelectorPath": "x",
        }),
    ];
    let both = scales
        .clone()
        .map(|scale| json!({"scale": scale, "status": {}}));
    let alone = scales.map(|scale| json!({ "scale": scale }));
    let status = [json!({"status": {}}), json!({"status": {}})];
    [&both[..], &alone, &status].concat()
}

/// Lists of valid and invalid paths.
fn selectable() -> Vec<Value> {
    let paths = [
        ".spec",
        ".metadata.name",
        ".kind",
        "",
        "a",
        ".spec['a']",
        ".apiVersion",
        ".nope",
    ];
    let field = |path: &str| json!({ "jsonPath": path });
    let alone = paths.iter().map(|path| json!([field(path)]));
    let pairs = paths
        .windows(2)
        .map(|pair| json!([field(pair[0]), field(pair[1])]));
    let others = [
        json!([]),
        json!([field(".kind"), field(".kind")]),
        json!(vec![field(".kind"); 9]),
    ];
    alone.chain(pairs).chain(others).collect()
}
