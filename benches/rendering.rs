//! What rendering costs, beside writing down what comes out.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use feast_kube::admit;
use feast_render::{Platform, render};

#[path = "support/examples.rs"]
mod examples;

fn rendering(c: &mut Criterion) {
    let inputs = examples::gathered().inputs(Platform::kubernetes()).build();
    for (name, json) in examples::feature_stores() {
        let fs = admit(json.as_bytes()).expect("the examples are admitted");
        let rendered = render(&fs, &inputs).expect("the examples render");
        let objects: Vec<_> = rendered.plan.apply().collect();
        let mut group = c.benchmark_group(format!("render {name}"));
        group.bench_function("to the plan", |b| {
            b.iter(|| render(black_box(&fs), &inputs));
        });
        // The floor.
        group.bench_function("writing the plan as JSON", |b| {
            b.iter(|| serde_json::to_vec(black_box(&objects)));
        });
        group.finish();
    }
}

criterion_group!(benches, rendering);
criterion_main!(benches);
