//! The time to build the CRD and to parse a FeatureStore.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use feast_api::crd::Options;
use feast_api::v1::FeatureStore;

fn crd(c: &mut Criterion) {
    let mut group = c.benchmark_group("crd");
    // The baseline: parsing the committed text without typing it.
    group.bench_function("text to value", |b| {
        b.iter(|| serde_json::from_str::<serde_json::Value>(black_box(feast_api::crd::JSON)));
    });
    group.bench_function("text to typed object", |b| {
        b.iter(|| Options::default().crd());
    });
    group.bench_function("kept", |b| b.iter(feast_api::crd));
    group.finish();
}

fn read(c: &mut Criterion) {
    let text = include_str!("../examples/production.yaml");
    let documents = feast_kube::manifest::read(text);
    let json = documents
        .iter()
        .flatten()
        .find(|document| document.kind() == Some("FeatureStore"))
        .map(|document| document.json.clone())
        .expect("the example has a FeatureStore");
    let mut group = c.benchmark_group("read production");
    // The baseline.
    group.bench_function("serde_json::Value", |b| {
        b.iter(|| serde_json::from_str::<serde_json::Value>(black_box(&json)));
    });
    group.bench_function("plain serde", |b| {
        b.iter(|| serde_json::from_str::<FeatureStore>(black_box(&json)));
    });
    group.bench_function("with paths", |b| {
        b.iter(|| FeatureStore::from_json(black_box(json.as_bytes())));
    });
    group.finish();
}

criterion_group!(benches, crd, read);
criterion_main!(benches);
