//! Runs one job so many times under callgrind: `instructions JOB FILE TIMES`.

use std::hint::black_box;
use std::process::ExitCode;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_lint::{Config, Subject};
use feast_render::{Answer, Inputs, OperatorSettings, Time, Wanted, render, resolve};
use feast_validate::Validator;
use serde_json::{Value, json};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [job, file, times] = arguments.as_slice() else {
        return usage();
    };
    let times = times.parse().expect("a number");
    let bytes = std::fs::read(file).expect("a readable file");
    let value: Value = serde_json::from_slice(&bytes).expect("JSON");
    let validator = Validator::v1();
    assert!(validator.is_valid(&value), "{file} is not valid");
    let refused = refused(&value);
    assert!(
        !validator.is_valid(&refused),
        "{file} is valid with a wrong name"
    );
    let inputs = inputs(&bytes);
    let rendered = render(&inputs).expect("the files render");
    let config = Config::default();
    match job.as_str() {
        "floor" => repeat(times, || serde_json::from_slice::<Value>(black_box(&bytes))),
        "bytes" => repeat(times, || validator.is_valid(black_box(&bytes))),
        "refused" => repeat(times, || validator.all(black_box(&refused))),
        "structure" => repeat(times, || validator.fits_schema(black_box(&value))),
        "value" => repeat(times, || validator.is_valid(black_box(&value))),
        "create" => repeat(times, || validator.create(black_box(&bytes))),
        "copy" => repeat(times, || black_box(&rendered).clone()),
        "render" => repeat(times, || render(black_box(&inputs))),
        "lints" => repeat(times, || {
            let subject = Subject::new(black_box(&inputs)).rendered(Ok(&rendered));
            feast_lint::check(&subject, &config)
        }),
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!(
        "usage: instructions floor|bytes|refused|structure|value|create|copy|render|lints FILE TIMES"
    );
    ExitCode::FAILURE
}

/// The same object with a project that is no name.
fn refused(object: &Value) -> Vec<u8> {
    let mut object = object.clone();
    object["spec"]["feastProject"] = json!("not a name");
    object.to_string().into_bytes()
}

/// The file's FeatureStore in an empty cluster that has its Secrets.
fn inputs(json: &[u8]) -> Inputs {
    let mut store = FeatureStore::from_json(json).expect("a FeatureStore");
    store
        .metadata
        .namespace
        .get_or_insert_with(|| "ml".to_owned());
    let store = Admitted::assume(store).expect("a name and a namespace");
    let now = Time("2026-01-01T00:00:00Z".parse().expect("a time"));
    let settings = OperatorSettings::reference();
    resolve(store, &settings, &now, secret).expect("answers of the right kind")
}

/// A Secret with the keys that are asked for.
fn secret(wanted: &Wanted) -> Answer {
    let Wanted::Secret(reference) = wanted else {
        return Answer::Absent;
    };
    let keys = reference.keys.iter();
    let data = keys.map(|key| (key.key.clone(), json!("aG9zdDogZGIK")));
    let secret = json!({ "metadata": {}, "data": data.collect::<serde_json::Map<_, _>>() });
    wanted.object().map_or(Answer::Absent, |object| {
        let objects = [(object.clone(), secret)].into();
        wanted.among(&objects).expect("a Secret")
    })
}

/// Does not count the first run, which initializes.
fn repeat<T>(times: usize, job: impl Fn() -> T) {
    black_box(job());
    counted(times, &|| drop(black_box(job())));
}

/// Callgrind counts only in this function, by its name.
#[inline(never)]
fn counted(times: usize, job: &dyn Fn()) {
    for _ in 0..times {
        job();
    }
}
