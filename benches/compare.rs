//! What this costs beside what others take, in one run: a JSON object on a line for each row.
//!
//! `benches/compare.sh` makes one table of them and of the rows that need other programs.

use std::hint::black_box;
use std::time::{Duration, Instant};

use feast_api::crd::json_schema;
use feast_api::v1::FeatureStore;
use feast_render::render;
use feast_validate::Validator;
use serde_json::{Value, json};

#[path = "support/examples.rs"]
mod examples;

/// How often ours and the peer's are measured, turn by turn.
const ROUNDS: usize = 41;
/// How long one of them is measured at once, at least.
const SPELL: Duration = Duration::from_millis(4);

/// What the ratio should be.
#[derive(Clone, Copy)]
enum Goal {
    /// Ours takes so many times the peer's time, or less.
    AtMost(f64),
    /// The peer takes so many times our time, or more.
    AtLeast(f64),
    /// None: ours by the peer's, to know.
    None,
}

fn main() {
    // What `cargo test --benches` asks for.
    if std::env::args().any(|argument| argument == "--test") {
        return;
    }
    // This comes first: what is made at first use is part of it.
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
    compare(
        &format!("bytes to stored object, {name} / to serde_json::Value"),
        Goal::None,
        || validator.create(black_box(json)),
        parse,
    );
    compare(
        &format!("deserializing {name} / rules on the typed value"),
        Goal::AtLeast(50.0),
        || feast_validate::validate(black_box(&typed)),
        || FeatureStore::from_json(black_box(json.as_bytes())),
    );
    let schema = jsonschema::validator_for(&json_schema(Some(feast_api::Version::V1)));
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

fn rendering(name: &str, json: &str) {
    let inputs = examples::inputs(json);
    let rendered = render(&inputs).expect("the examples render");
    let objects: Vec<_> = rendered.plan.apply().collect();
    compare(
        &format!("rendering {name} / serializing its plan"),
        Goal::AtMost(1.0),
        || render(black_box(&inputs)),
        || serde_json::to_vec(black_box(&objects)),
    );
    // What no rendering that owns its objects can beat.
    compare(
        &format!("copying the plan of {name} / serializing it"),
        Goal::None,
        || black_box(&rendered.plan).clone(),
        || serde_json::to_vec(black_box(&objects)),
    );
}

fn compilation(ours: f64) {
    let (crd, json) = (crd_schema(), json_schema(Some(feast_api::Version::V1)));
    let peer = once(|| {
        (
            kube_cel::compile_schema(&crd),
            jsonschema::validator_for(&json),
        )
    });
    let name = "compiling with kube-cel and jsonschema / first verdict of a program";
    row(name, Goal::AtLeast(50.0), ours, peer, peer / ours);
}

/// Verdicts on objects of very different sizes: the time goes with the bytes.
fn growth() {
    let (small, large) = (sized(1 << 10), sized(1 << 20));
    let verdict = |json: &str| Validator::v1().is_valid(black_box(json));
    assert!(verdict(&small) && verdict(&large), "they are valid");
    let per_byte =
        |json: &str, time: f64| time / f64::from(u32::try_from(json.len()).expect("a megabyte"));
    let (mut times, mut ratios) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let large = per_byte(&large, time(&|| verdict(&large)));
        let small = per_byte(&small, time(&|| verdict(&small)));
        times.push((large, small));
        ratios.push(large / small);
    }
    let (large, small) = medians(times);
    let name = "bytes to verdict: a byte of 1 MB / a byte of 1 KB";
    row(name, Goal::AtMost(1.5), large, small, median(ratios));
}

/// A FeatureStore of about so many bytes.
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

/// The same work by one thread and by two.
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

/// Measures both by turns, and tells the medians.
fn compare<A, B>(name: &str, goal: Goal, ours: impl Fn() -> A, peer: impl Fn() -> B) {
    let mut times = Vec::new();
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let (ours, peer) = (time(&ours), time(&peer));
        times.push((ours, peer));
        ratios.push(match goal {
            Goal::AtMost(_) | Goal::None => ours / peer,
            Goal::AtLeast(_) => peer / ours,
        });
    }
    let (ours, peer) = medians(times);
    row(name, goal, ours, peer, median(ratios));
}

/// Nanoseconds that something takes, what it makes and dropping that included.
fn time<T>(work: &impl Fn() -> T) -> f64 {
    // The clock is asked a hundred times in all: that takes as long as a short work itself.
    let start = Instant::now();
    drop(black_box(work()));
    let batch = SPELL.as_nanos() / 100 / start.elapsed().as_nanos().max(1);
    let batch = u32::try_from(batch).unwrap_or(u32::MAX).max(1);
    let (start, mut times) = (Instant::now(), 0);
    while start.elapsed() < SPELL {
        for _ in 0..batch {
            drop(black_box(work()));
        }
        times += batch;
    }
    start.elapsed().as_secs_f64() * 1e9 / f64::from(times)
}

fn once<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64() * 1e9
}

fn medians(times: Vec<(f64, f64)>) -> (f64, f64) {
    let (ours, peer) = times.into_iter().unzip();
    (median(ours), median(peer))
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

#[allow(clippy::print_stdout, reason = "that is what it is for")]
fn row(name: &str, goal: Goal, ours: f64, peer: f64, ratio: f64) {
    let (goal, met) = match goal {
        Goal::AtMost(goal) => (Some(format!("at most {goal}")), Some(ratio <= goal)),
        Goal::AtLeast(goal) => (Some(format!("at least {goal}")), Some(ratio >= goal)),
        Goal::None => (None, None),
    };
    println!(
        "{}",
        json!({"name": name, "ours": ours, "peer": peer, "ratio": ratio, "goal": goal, "met": met})
    );
}
