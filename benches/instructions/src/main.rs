//! Runs one job a hundred times under callgrind: `instructions JOB FILE`.

use std::hint::black_box;
use std::process::ExitCode;

use feast_validate::Validator;
use serde_json::Value;

const TIMES: usize = 100;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [job, file] = arguments.as_slice() else {
        return usage();
    };
    let bytes = std::fs::read(file).expect("a readable file");
    let value: Value = serde_json::from_slice(&bytes).expect("JSON");
    let validator = Validator::v1();
    assert!(validator.is_valid(&value), "{file} is not valid");
    match job.as_str() {
        "floor" => repeat(|| serde_json::from_slice::<Value>(black_box(&bytes))),
        "bytes" => repeat(|| validator.is_valid(black_box(&bytes))),
        "structure" => repeat(|| validator.fits_schema(black_box(&value))),
        "value" => repeat(|| validator.is_valid(black_box(&value))),
        "create" => repeat(|| validator.create(black_box(&bytes))),
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("usage: instructions floor|bytes|structure|value|create FILE");
    ExitCode::FAILURE
}

/// Does not count the first run, which initializes.
fn repeat<T>(job: impl Fn() -> T) {
    black_box(job());
    counted(&|| drop(black_box(job())));
}

/// Callgrind counts only in this function, by its name.
#[inline(never)]
fn counted(job: &dyn Fn()) {
    for _ in 0..TIMES {
        job();
    }
}
