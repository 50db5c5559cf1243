//! The time of rendering, compared with serializing the result.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use feast_render::render;

#[path = "support/examples.rs"]
mod examples;

fn rendering(c: &mut Criterion) {
    for (name, json) in examples::feature_stores() {
        let inputs = examples::inputs(&json);
        let rendered = render(&inputs).expect("the examples render");
        let objects: Vec<_> = rendered.plan.apply().collect();
        let mut group = c.benchmark_group(format!("render {name}"));
        group.bench_function("to the plan", |b| {
            b.iter(|| render(black_box(&inputs)));
        });
        // The baseline.
        group.bench_function("writing the plan as JSON", |b| {
            b.iter(|| serde_json::to_vec(black_box(&objects)));
        });
        group.finish();
    }
}

criterion_group!(benches, rendering);
criterion_main!(benches);
