//! Spans of passes for [`tracing`], for example to export with OpenTelemetry.
//!
//! | span | fields | |
//! | --- | --- | --- |
//! | `pass` | `feature_store`, `outcome` | a pass over a FeatureStore; contains the following spans |
//! | `dereference` | | gathering the inputs for rendering |
//! | `render` | | |
//! | `write` | `verb`, `kind`, `namespace`, `name`, `result` | a request that changes the cluster: `apply`, `patch`, `delete` or `status` |
//!
//! A pass that finds everything up to date has no `write`. Spans have names of objects, but not
//! their contents. The level is `debug`, the target [`TARGET`].

use feast_render::ObjectRef;
use tracing::field::Empty;
use tracing::{Instrument, Span, debug_span};

use crate::error::code;

/// The target of all spans.
pub const TARGET: &str = "feast_operator::spans";

/// A pass over a FeatureStore; `outcome` is recorded at its end.
pub(crate) fn pass(key: &ObjectRef) -> Span {
    debug_span!(target: TARGET, "pass", feature_store = key.place(), outcome = Empty)
}

/// Gathering the inputs for rendering.
pub(crate) fn dereference() -> Span {
    debug_span!(target: TARGET, "dereference")
}

/// Rendering.
pub(crate) fn render() -> Span {
    debug_span!(target: TARGET, "render")
}

/// A request that changes an object, with its result.
pub(crate) async fn write<T>(
    verb: &'static str,
    object: &ObjectRef,
    request: impl Future<Output = kube::Result<T>>,
) -> kube::Result<T> {
    let span = debug_span!(
        target: TARGET, "write",
        verb,
        kind = &*object.kind,
        namespace = object.namespace.as_deref(),
        name = object.name,
        result = Empty,
    );
    let answer = request.instrument(span.clone()).await;
    span.record("result", result(&answer));
    answer
}

/// The result of a request, in one word.
fn result<T>(answer: &kube::Result<T>) -> &'static str {
    let Err(error) = answer else { return "ok" };
    match code(error) {
        None => "unreachable",
        Some(403) => "forbidden",
        Some(404) => "not-found",
        Some(409) => "conflict",
        Some(422) => "invalid",
        Some(429) => "throttled",
        Some(500..) => "server",
        Some(_) => "refused",
    }
}
