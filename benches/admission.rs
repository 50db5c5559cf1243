//! The time of a verdict, compared with parsing the same bytes.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use feast_api::v1::FeatureStore;
use feast_validate::{Request, Validator, validate};
use serde_json::Value;

#[path = "support/examples.rs"]
mod examples;

fn admission(c: &mut Criterion) {
    let validator = Validator::v1();
    for (name, json) in examples::feature_stores() {
        let value: Value = serde_json::from_str(&json).expect("JSON");
        let typed = FeatureStore::from_json(json.as_bytes()).expect("a FeatureStore");
        let mut group = c.benchmark_group(format!("admit {name}"));
        // The baseline.
        group.bench_function("bytes to serde_json::Value", |b| {
            b.iter(|| serde_json::from_str::<Value>(black_box(&json)));
        });
        group.bench_function("bytes to typed", |b| {
            b.iter(|| serde_json::from_str::<FeatureStore>(black_box(&json)));
        });
        group.bench_function("bytes to verdict", |b| {
            b.iter(|| validator.is_valid(black_box(&json)));
        });
        group.bench_function("bytes to stored object", |b| {
            b.iter(|| validator.run(Request::create(black_box(&json))));
        });
        group.bench_function("value to verdict", |b| {
            b.iter(|| validator.is_valid(black_box(&value)));
        });
        group.bench_function("typed rules", |b| b.iter(|| validate(black_box(&typed))));
        group.finish();
    }
}

criterion_group!(benches, admission);
criterion_main!(benches);
