//! Changed CRDs, judged by the API server's own code and by ours.
//!
//! `FEAST_DIFFERENTIAL_RECORD` names a file to which cases with made CRDs are written, in the form of
//! `tests/recorded/crds-refused`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Map, Value, json};

use crate::definition::{Case, Change};
use crate::random::Random;
use crate::{BATCH, build_oracle, variable};

#[test]
#[ignore = "needs Go; builds the oracle, which takes minutes the first time"]
fn definitions() {
    let oracle = build_oracle();
    let bases = bases();
    let names: Vec<&str> = bases.keys().map(String::as_str).collect();
    let count = variable("FEAST_DIFFERENTIAL_COUNT", 5_000);
    let seed = variable("FEAST_DIFFERENTIAL_SEED", 1);
    let record = std::env::var_os("FEAST_DIFFERENTIAL_RECORD").map(PathBuf::from);
    let (mut failures, mut recorded, mut refused) = (0, Vec::new(), 0);
    for start in (0..count).step_by(usize::try_from(BATCH / 10).expect("a size")) {
        let made = (start..count.min(start + BATCH / 10)).map(|id| {
            let mut random = Random::new(seed + id);
            let base = random.pick(&names);
            let changes = changes(&mut random, &bases[base]);
            Case {
                base: base.to_owned(),
                changes,
                errors: Default::default(),
            }
        });
        let mut cases: Vec<Case> = made.collect();
        let lines: Vec<String> = cases
            .iter()
            .map(|case| case.definition(&bases[&case.base]).to_string())
            .collect();
        let answers = oracle.ask(&["-definitions".as_ref()], &lines);
        assert_eq!(answers.len(), lines.len(), "the oracle answers every line");
        for (case, answer) in cases.iter_mut().zip(answers) {
            case.errors = serde_json::from_str(&answer).expect("errors");
            // A server that stumbles says nothing of the definition.
            if case.errors.iter().any(|error| error.r#type == "Panic") {
                continue;
            }
            refused += usize::from(!case.errors.is_empty());
            let differences = case.differences(&bases[&case.base]);
            if !differences.is_empty() {
                failures += 1;
                if failures <= 20 {
                    let changes = serde_json::to_string(&case.changes).expect("JSON");
                    println!("{}: {changes}\n  {}", case.base, differences.join("\n  "));
                }
            }
            if record.is_some() && case.base.starts_with("made-") {
                recorded.push(serde_json::to_string(case).expect("JSON"));
            }
        }
    }
    if let Some(file) = record {
        std::fs::write(file, recorded.join("\n") + "\n").expect("writes cases");
    }
    println!("definitions: {count}, {refused} refused, {failures} differences");
    assert_eq!(
        failures, 0,
        "definitions are refused otherwise by the API server"
    );
}

/// The CRDs that are changed, by name.
fn bases() -> BTreeMap<String, Value> {
    let made = test_support::workspace().join("tests/recorded/crds");
    let published = test_support::published("crds");
    let folders = [Some(made), published].into_iter().flatten();
    let files = folders.flat_map(|folder| test_support::files(&folder, ".json.gz"));
    files
        .filter_map(|file| {
            let name = file
                .file_name()?
                .to_str()?
                .strip_suffix(".json.gz")?
                .to_owned();
            let json = serde_json::from_str(&test_support::text(&file)).expect("a definition");
            Some((name, json))
        })
        .collect()
}

fn changes(random: &mut Random, base: &Value) -> Vec<Change> {
    let mut definition = base.clone();
    (0..=random.below(3))
        .map(|_| {
            let change = if random.chance(70) {
                change_of_schema(random, &definition)
            } else {
                change_around(random, &definition)
            };
            change.apply(&mut definition);
            change
        })
        .collect()
}

/// A keyword of a schema that is set or taken away.
fn change_of_schema(random: &mut Random, definition: &Value) -> Change {
    let mut nodes = Vec::new();
    let versions = definition["spec"]["versions"].as_array();
    for (index, version) in versions.into_iter().flatten().enumerate() {
        let schema = &version["schema"]["openAPIV3Schema"];
        let at = format!("/spec/versions/{index}/schema/openAPIV3Schema");
        find_schemas(schema, at, &mut nodes);
    }
    // The root has rules of its own.
    let picked = if random.chance(15) {
        0
    } else {
        random.below(nodes.len())
    };
    let Some((at, node)) = nodes.get(picked) else {
        return change_around(random, definition);
    };
    let at = at.clone();
    let keywords: Vec<&String> = node.keys().collect();
    if random.chance(15) && !keywords.is_empty() {
        let field = keywords[random.below(keywords.len())].clone();
        return Change {
            at,
            field,
            to: None,
        };
    }
    let (field, to) = keyword(random, node);
    Change {
        at,
        field: field.to_owned(),
        to: Some(to),
    }
}

/// The nodes of a schema, with pointers to them.
fn find_schemas<'a>(
    schema: &'a Value,
    at: String,
    nodes: &mut Vec<(String, &'a Map<String, Value>)>,
) {
    let Some(fields) = schema.as_object() else {
        return;
    };
    nodes.push((at.clone(), fields));
    for (keyword, value) in fields {
        match keyword.as_str() {
            "items" | "additionalProperties" | "not" => {
                find_schemas(value, format!("{at}/{keyword}"), nodes);
            }
            "properties" => {
                for (name, part) in value.as_object().into_iter().flatten() {
                    let name = name.replace('~', "~0").replace('/', "~1");
                    find_schemas(part, format!("{at}/properties/{name}"), nodes);
                }
            }
            "allOf" | "anyOf" | "oneOf" => {
                for (index, part) in value.as_array().into_iter().flatten().enumerate() {
                    find_schemas(part, format!("{at}/{keyword}/{index}"), nodes);
                }
            }
            _ => {}
        }
    }
}

const TYPES: [&str; 8] = [
    "object", "array", "string", "integer", "number", "boolean", "null", "text",
];

fn keyword(random: &mut Random, node: &Map<String, Value>) -> (&'static str, Value) {
    let some_type = |random: &mut Random| Value::from(random.pick(&TYPES));
    let names: Vec<&str> = node
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flat_map(|fields| fields.keys().map(String::as_str))
        .chain(["name", "x"])
        .collect();
    let name = random.pick(&names);
    let flag = Value::Bool(random.chance(70));
    match random.below(30) {
        0..3 => ("type", some_type(random)),
        3 => ("nullable", flag),
        4..7 => {
            let defaults = [
                json!({}),
                json!([]),
                json!(""),
                json!("a"),
                json!(1),
                json!(-1),
                json!(1.5),
                json!(true),
                json!({"x": 1}),
                json!([1, 1]),
                json!(["a", "b"]),
                json!({"name": "a"}),
                json!([{}]),
                json!({ name: {} }),
                json!({ name: "a" }),
            ];
            ("default", defaults[random.below(defaults.len())].clone())
        }
        7 => {
            let values = [
                json!(true),
                json!(false),
                json!({}),
                json!({"type": "string"}),
                json!({"type": "object", "default": {}}),
            ];
            (
                "additionalProperties",
                values[random.below(values.len())].clone(),
            )
        }
        8 => {
            let items = [
                json!({}),
                json!({"type": "string"}),
                json!({"type": "object"}),
                json!([{"type": "string"}]),
                json!({"type": "string", "nullable": true}),
                json!({"type": "object", "properties": {"name": {"type": "string"}}}),
            ];
            ("items", items[random.below(items.len())].clone())
        }
        9 => ("uniqueItems", flag),
        10 => ("x-kubernetes-int-or-string", flag),
        11 => ("x-kubernetes-embedded-resource", flag),
        12 => ("x-kubernetes-preserve-unknown-fields", flag),
        13 | 14 => (
            "x-kubernetes-list-type",
            json!(random.pick(&["atomic", "set", "map", "bag"])),
        ),
        15 => (
            "x-kubernetes-map-type",
            json!(random.pick(&["atomic", "granular", "other"])),
        ),
        16 => {
            let keys = [
                json!(["name"]),
                json!(["x"]),
                json!([]),
                json!(["name", "name"]),
                json!([name]),
            ];
            (
                "x-kubernetes-list-map-keys",
                keys[random.below(keys.len())].clone(),
            )
        }
        17 => (
            "pattern",
            json!(random.pick(&["^a+$", "[", "a**", "(?=a)", "", "x{2000}"])),
        ),
        18..21 => {
            let junctors = [
                json!([{"required": ["name"]}]),
                json!([{"type": "integer"}, {"type": "string"}]),
                json!([{"properties": { name: {"minLength": 1} }}]),
                json!([{"items": {"pattern": "["}}, {"default": 1}]),
                json!([{"properties": {"metadata": {}}}, {"nullable": true, "title": "a"}]),
                json!([{"anyOf": [{"type": "integer"}, {"type": "string"}]}, {"description": "b"}]),
                json!([{"additionalProperties": true}, {"x-kubernetes-list-type": "set"}]),
                json!([{"x-kubernetes-validations": [{"rule": "true"}]}]),
                json!([{"not": {"allOf": [{"properties": {"y": {}}}]}}]),
            ];
            let value = junctors[random.below(junctors.len())].clone();
            match random.pick(&["allOf", "anyOf", "oneOf", "not"]) {
                "allOf" => ("allOf", value),
                "anyOf" => ("anyOf", value),
                "oneOf" => ("oneOf", value),
                _ => ("not", value[0].clone()),
            }
        }
        21 => {
            let strange = [
                ("id", json!("a")),
                ("$ref", json!("#/a")),
                ("$schema", json!("a")),
                ("definitions", json!({"a": {"type": "null"}})),
                ("dependencies", json!({"a": ["b"]})),
                ("patternProperties", json!({"a": {}})),
                ("additionalItems", flag),
            ];
            strange[random.below(strange.len())].clone()
        }
        22 => {
            let numbers = [
                "minLength",
                "maxLength",
                "minItems",
                "maxItems",
                "minProperties",
                "maxProperties",
                "minimum",
            ];
            let at = random.below(numbers.len());
            (numbers[at], json!(random.below(9)))
        }
        23 => {
            let wrong = [
                ("maxLength", json!("1")),
                ("type", json!(["string"])),
                ("properties", json!([])),
                ("required", json!("a")),
                ("nullable", json!("true")),
                ("enum", json!({})),
            ];
            wrong[random.below(wrong.len())].clone()
        }
        24 => (
            "properties",
            json!({ name: {}, "metadata": {"type": "object", "properties": {"name": {"type": "string"}}} }),
        ),
        _ => ("x-kubernetes-validations", json!([rule(random, name)])),
    }
}

fn rule(random: &mut Random, name: &str) -> Value {
    const RULES: [&str; 14] = [
        "true",
        "self == oldSelf",
        "",
        " ",
        "1",
        "self.x",
        "size(self) > 0",
        "has(self.name)",
        "nope(1)",
        "self.all(a, self.all(b, a != b))",
        "oldSelf.hasValue()",
        "true ||\nfalse",
        "1 / 0 == 1",
        "self.all(a, self.all(b, self.all(c, a == b || b == c)))",
    ];
    let mut rule = json!({"rule": random.pick(&RULES)});
    let parts = [
        ("message", json!("no")),
        ("message", json!("  ")),
        ("message", json!("a\nb")),
        ("messageExpression", json!("'a'")),
        ("messageExpression", json!("1")),
        ("messageExpression", json!("  ")),
        ("messageExpression", json!("string(oldSelf)")),
        ("messageExpression", json!("self.nope")),
        ("reason", json!("FieldValueInvalid")),
        ("reason", json!("Because")),
        ("reason", json!("FieldValueForbidden")),
        ("fieldPath", json!(format!(".{name}"))),
        ("fieldPath", json!(" ")),
        ("fieldPath", json!(".nope")),
        ("fieldPath", json!(format!("['{name}']"))),
        ("fieldPath", json!("a\n")),
        ("fieldPath", json!(".a['b'")),
        ("optionalOldSelf", json!(true)),
        ("optionalOldSelf", json!(false)),
    ];
    for _ in 0..random.below(3) {
        let (field, value) = &parts[random.below(parts.len())];
        rule[*field] = value.clone();
    }
    rule
}

/// A change of anything but a schema.
fn change_around(random: &mut Random, definition: &Value) -> Change {
    const BAD: [&str; 7] = ["", "a_b", "Upper", "-a", "a.b", "ok", "k8s.io"];
    let set = |at: &str, field: &str, to: Value| Change {
        at: at.to_owned(),
        field: field.to_owned(),
        to: Some(to),
    };
    let bad = json!(random.pick(&BAD));
    let versions = definition["spec"]["versions"]
        .as_array()
        .map_or(0, Vec::len);
    let version = format!("/spec/versions/{}", random.below(versions));
    let has_version = versions > 0;
    match random.below(24) {
        0 => set("/metadata", "name", bad),
        1 => set(
            "/metadata",
            random.pick(&["namespace", "generateName"]),
            bad,
        ),
        2 => set("/metadata", "labels", json!({"a/b/c": "x y"})),
        3 => set(
            "/metadata",
            "annotations",
            json!({"api-approved.kubernetes.io": random.pick(&["unapproved, yet", "https://a.b/c", "soon"])}),
        ),
        4 => set(
            "/spec",
            "group",
            json!(random.pick(&[
                "",
                "nodots",
                "x.k8s.io",
                "a.kubernetes.io",
                "A.b",
                "example.com"
            ])),
        ),
        5 => set(
            "/spec",
            "scope",
            json!(random.pick(&["Cluster", "Namespaced", "", "Both"])),
        ),
        6 => set(
            "/spec",
            "names",
            json!({"plural": bad, "kind": "Thing", "listKind": random.pick(&["Thing", "", "Things"])}),
        ),
        7 | 8 => {
            let field = random.pick(&["plural", "singular", "kind", "listKind"]);
            set("/spec/names", field, bad)
        }
        9 => set(
            "/spec/names",
            random.pick(&["shortNames", "categories"]),
            json!(["a", bad]),
        ),
        10 => set("/spec", "preserveUnknownFields", json!(random.chance(50))),
        11 => {
            let conversions = [
                json!({"strategy": "None"}),
                json!({}),
                json!({"strategy": "Webhook"}),
                json!({"strategy": "Some"}),
                json!({"strategy": "None", "webhook": {"conversionReviewVersions": ["v1"], "clientConfig": {"url": "https://a.b"}}}),
                json!({"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1", "v1", "V2"], "clientConfig": {}}}),
                json!({"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v3"], "clientConfig": {"url": "http://u:p@a.b/?x#y"}}}),
                json!({"strategy": "Webhook", "webhook": {"conversionReviewVersions": [], "clientConfig": {"url": "%zz"}}}),
                json!({"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"], "clientConfig": {"service": {"name": "a", "namespace": "", "port": 70000, "path": "a//B/"}}}}),
                json!({"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"], "clientConfig": {"service": {"name": "a", "namespace": "b", "path": "/c"}}}}),
            ];
            set(
                "/spec",
                "conversion",
                conversions[random.below(conversions.len())].clone(),
            )
        }
        12 if random.chance(30) => set("/spec", "versions", json!([])),
        13 if has_version => set(
            &version,
            "name",
            json!(random.pick(&["v1", "v2", "V1", "", "1"])),
        ),
        14 if has_version => set(
            &version,
            random.pick(&["storage", "served", "deprecated"]),
            json!(random.chance(50)),
        ),
        15 if has_version => set(
            &version,
            "deprecationWarning",
            json!(random.pick(&["", "soon", "a\tb", "\u{200b}"])),
        ),
        16 if has_version => {
            let scales = [
                json!({"specReplicasPath": ".spec.a", "statusReplicasPath": ".status.a"}),
                json!({}),
                json!({"specReplicasPath": "spec", "statusReplicasPath": ".spec.a", "labelSelectorPath": ".a.b"}),
                json!({"specReplicasPath": ".status.a", "statusReplicasPath": "", "labelSelectorPath": "x"}),
            ];
            let scale = scales[random.below(scales.len())].clone();
            let subresources = if random.chance(50) {
                json!({"scale": scale})
            } else {
                json!({"scale": scale, "status": {}})
            };
            set(&version, "subresources", subresources)
        }
        17 if has_version => set(&version, "subresources", json!({"status": {}})),
        18 if has_version => {
            let columns = [
                json!({}),
                json!({"name": "A", "type": "string", "jsonPath": ".a"}),
                json!({"name": "", "type": "text", "format": "long", "jsonPath": "a"}),
            ];
            set(
                &version,
                "additionalPrinterColumns",
                json!([columns[random.below(columns.len())]]),
            )
        }
        19 if has_version => {
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
            let fields: Vec<_> = (0..random.below(4))
                .map(|_| json!({"jsonPath": random.pick(&paths)}))
                .collect();
            set(&version, "selectableFields", json!(fields))
        }
        20 if has_version => set(&version, "schema", json!({})),
        21 => Change {
            at: "/spec".to_owned(),
            field: random.pick(&["group", "names", "scope"]).to_owned(),
            to: None,
        },
        22 if has_version && versions < 4 => {
            let mut all = definition["spec"]["versions"].clone();
            let mut copy = all[0].clone();
            copy["name"] = json!(random.pick(&["v1", "v9", "v8"]));
            copy["storage"] = json!(random.chance(20));
            all.as_array_mut().expect("a list").push(copy);
            set("/spec", "versions", all)
        }
        _ => set(
            "/spec",
            "group",
            json!(random.pick(&["example.com", "a.b.c"])),
        ),
    }
}
