//! Times compared with those of other libraries, in one run: one JSON object per row and line.
//!
//! `benches/compare.sh` makes a table of these rows, and of those that need other programs.

use std::hint::black_box;

use feast_api::crd::json_schema;
use feast_api::v1::FeatureStore;
use feast_render::render;
use feast_validate::Validator;
use serde_json::{Value, json};

#[path = "support/examples.rs"]
mod examples;
#[path = "support/timing.rs"]
mod timing;

use timing::{Goal, compare, median, medians, once, row, turns};

fn main() {
    // The case for `cargo test --benches`.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    // This comes first, to include the initialization on first use.
    let production = json("production");
    let first = once(|| Validator::v1().is_valid(&production));
    for (name, json) in examples::feature_stores() {
        validation(name, &json);
        rendering(name, &json);
    }
    compilation(first);
    growth();
    threads(&production);
}

fn json(wanted: &str) -> String {
    let mut all = examples::feature_stores().into_iter();
    let (_, json) = all.find(|(name, _)| *name == wanted).expect("an example");
    json
}

fn validation(name: &str, json: &str) {
    let validator = Validator::v1();
    let value: Value = serde_json::from_str(json).expect("JSON");
    let typed = FeatureStore::from_json(json.as_bytes()).expect("a FeatureStore");
    let parse = || serde_json::from_slice::<Value>(black_box(json.as_bytes()));
    compare(
        &format!("bytes to verdict, {name} / to serde_json::Value"),
        Goal::AtMost(1.5),
        || validator.is_valid(black_box(json)),
        parse,
    );
    let refused = refused(value.clone());
    compare(
        &format!("bytes to all errors of a refused {name} / bytes to verdict"),
        Goal::AtMost(3.0),
        || validator.all(black_box(&*refused)),
        || validator.is_valid(black_box(json)),
    );
    compare(
        &format!("bytes to stored object, {name} / to serde_json::Value"),
        Goal::AtMost(1.5),
        || validator.create(black_box(json)),
        parse,
    );
    compare(
        &format!("deserializing {name} / rules on the typed value"),
        Goal::AtLeast(50.0),
        || feast_validate::validate(black_box(&typed)),
        || FeatureStore::from_json(black_box(json.as_bytes())),
    );
    let schema = jsonschema::validator_for(&structure());
    let schema = schema.expect("a JSON Schema");
    assert!(schema.is_valid(&value), "{name} fits the JSON Schema");
    compare(
        &format!("jsonschema / structure alone of a value, {name}"),
        Goal::AtLeast(1.0),
        || validator.fits_schema(black_box(&value)),
        || schema.is_valid(black_box(&value)),
    );
    let (cel, compiled) = (
        kube_cel::Validator::new(),
        kube_cel::compile_schema(&crd_schema()),
    );
    compare(
        &format!("kube-cel, compiled / rules on the typed value, {name}"),
        Goal::AtLeast(500.0),
        || feast_validate::validate(black_box(&typed)),
        || cel.validate_compiled(&compiled, black_box(&value), None),
    );
}

/// The JSON Schema without its rules, for a comparison of structure alone.
fn structure() -> Value {
    fn strip(schema: &mut Value) {
        match schema {
            Value::Object(schema) => {
                schema.remove("allOf");
                schema.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut schema = json_schema(Some(feast_api::Version::V1));
    strip(&mut schema);
    schema
}

/// The object with an error of its structure and one of a rule.
fn refused(mut object: Value) -> String {
    object["spec"]["replicas"] = json!("3");
    object["spec"]["feastProject"] = json!("not a name");
    assert!(!Validator::v1().is_valid(&object), "it is admitted");
    object.to_string()
}

fn rendering(name: &str, json: &str) {
    let inputs = examples::inputs(json);
    let rendered = render(&inputs).expect("the examples render");
    // Copying is the minimum for any rendering that owns its objects.
    compare(
        &format!("rendering {name} / copying it"),
        Goal::AtMost(1.5),
        || render(black_box(&inputs)),
        || black_box(&rendered).clone(),
    );
    compare(
        &format!("rendering {name} / copying its objects alone"),
        Goal::None,
        || render(black_box(&inputs)),
        || black_box(&rendered.plan).clone(),
    );
}

fn compilation(ours: f64) {
    let (crd, json) = (crd_schema(), structure());
    let peer = once(|| {
        (
            kube_cel::compile_schema(&crd),
            jsonschema::validator_for(&json),
        )
    });
    let name = "compiling with kube-cel and jsonschema / first verdict of a program";
    row(name, Goal::AtLeast(50.0), ours, peer, peer / ours);
}

/// Verdicts on objects of very different sizes: the time grows with the bytes.
fn growth() {
    let (small, large) = (sized(1 << 10), sized(1 << 20));
    let verdict = |json: &str| Validator::v1().is_valid(black_box(json));
    assert!(verdict(&small) && verdict(&large), "they are valid");
    let per_byte =
        |json: &str, time: f64| time / f64::from(u32::try_from(json.len()).expect("a megabyte"));
    let times = turns(|| verdict(&large), || verdict(&small));
    let per_byte = |(of_large, of_small)| (per_byte(&large, of_large), per_byte(&small, of_small));
    let times: Vec<_> = times.into_iter().map(per_byte).collect();
    let ratio = median(times.iter().map(|(large, small)| large / small).collect());
    let (large, small) = medians(times);
    let name = "bytes to verdict: a byte of 1 MB / a byte of 1 KB";
    row(name, Goal::AtMost(1.5), large, small, ratio);
}

/// A FeatureStore of about this many bytes.
fn sized(bytes: usize) -> String {
    let variable = |number| json!({"name": format!("VARIABLE_{number}"), "value": "some text"});
    let env: Vec<_> = (0..bytes / 50).map(variable).collect();
    let store = json!({
        "apiVersion": "feast.dev/v1",
        "kind": "FeatureStore",
        "metadata": {"name": "large"},
        "spec": {
            "feastProject": "large",
            "services": {"onlineStore": {"server": {"env": env}}},
        },
    });
    store.to_string()
}

/// The same work in one thread and in two.
fn threads(json: &str) {
    let verdict = || Validator::v1().is_valid(black_box(json));
    let work = || assert!((0..2_000).all(|_| verdict()));
    let alone = || (work(), work());
    let together = || {
        std::thread::scope(|scope| {
            scope.spawn(work);
            work();
        });
    };
    compare(
        "one thread / two threads",
        Goal::AtLeast(1.7),
        together,
        alone,
    );
}

fn crd_schema() -> Value {
    let crd: Value = serde_json::from_str(feast_api::crd::JSON).expect("the CRD is JSON");
    let versions = crd["spec"]["versions"].as_array().expect("versions");
    let v1 = versions.iter().find(|version| version["name"] == "v1");
    v1.expect("v1")["schema"]["openAPIV3Schema"].clone()
}
