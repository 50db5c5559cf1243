//! Passes are reported as spans, without secrets.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Once;

use feast_operator::spans::TARGET;
use feast_testing::server::{Fault, Requests};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Subscriber, subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

use crate::rig::Rig;
use crate::stores;

/// A completed span.
#[derive(Clone, Debug, Default)]
struct Told {
    name: &'static str,
    within: Option<&'static str>,
    fields: BTreeMap<&'static str, String>,
}

impl Told {
    fn has(&self, name: &str, fields: &[(&str, &str)]) -> bool {
        let mut fields = fields.iter();
        self.name == name
            && fields.all(|(name, value)| self.fields.get(name).is_some_and(|it| it == value))
    }
}

impl Visit for Told {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.fields.insert(field.name(), value.to_owned());
    }
}

thread_local! {
    /// Completed spans of this thread, if its test collects them.
    static TOLD: RefCell<Option<Vec<Told>>> = const { RefCell::new(None) };
}

/// Registers the collecting subscriber. Every test calls this before any span starts: if a span
/// starts without a subscriber, its call site may stay disabled.
pub(crate) fn keep() {
    static KEPT: Once = Once::new();
    KEPT.call_once(|| {
        let kept = Spans.with_filter(Targets::new().with_target(TARGET, Level::DEBUG));
        subscriber::set_global_default(tracing_subscriber::registry().with(kept)).unwrap();
    });
}

/// The spans completed on this thread since the last call.
fn told() -> Vec<Told> {
    TOLD.replace(Some(Vec::new())).unwrap_or_default()
}

/// Collects the spans of passes.
struct Spans;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        let within = span.parent().map(|parent| parent.name());
        let mut told = Told {
            name: span.name(),
            within,
            ..Told::default()
        };
        attributes.record(&mut told);
        span.extensions_mut().insert(told);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let span = context.span(id).unwrap();
        if let Some(told) = span.extensions_mut().get_mut::<Told>() {
            values.record(told);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let span = context.span(&id).unwrap();
        let told = span.extensions_mut().remove::<Told>();
        TOLD.with_borrow_mut(|all| {
            if let Some(all) = all {
                all.extend(told);
            }
        });
    }
}

#[tokio::test(start_paused = true)]
async fn a_pass_tells_what_it_does_and_how_it_ends() {
    drop(told());
    let rig = Rig::start().await;
    rig.put_store("a", &stores::scaled(2));
    rig.rests().await;
    let all = told();
    let has = |name: &str, fields: &[(&str, &str)]| all.iter().any(|it| it.has(name, fields));
    assert!(has(
        "pass",
        &[("feature_store", "ml/a"), ("outcome", "success")]
    ));
    assert!(has("dereference", &[]) && has("render", &[]));
    for (verb, kind, name) in [
        ("apply", "Deployment", "feast-a"),
        ("patch", "FeatureStore", "a"),
        ("status", "FeatureStore", "a"),
    ] {
        let fields = [("verb", verb), ("kind", kind), ("name", name)];
        let rest = [("namespace", "ml"), ("result", "ok")];
        assert!(
            has("write", &[&fields[..], &rest].concat()),
            "{verb} {kind}"
        );
    }
    for span in &all {
        let within = span.within;
        assert!(span.name == "pass" || within == Some("pass"), "{span:?}");
        assert!(!format!("{span:?}").contains("change-me"), "{span:?}");
    }

    // A rejection is reported in one word, because the server's message may contain anything.
    let refused = Fault::Invalid("spec: change-me".into());
    rig.server.fault(Requests::writes().of("services"), refused);
    rig.put_store("b", &stores::minimal());
    Rig::seconds(5).await;
    let all = told();
    let has = |name: &str, fields: &[(&str, &str)]| all.iter().any(|it| it.has(name, fields));
    assert!(has("write", &[("kind", "Service"), ("result", "invalid")]));
    assert!(has(
        "pass",
        &[("feature_store", "ml/b"), ("outcome", "refused")]
    ));
    assert!(!format!("{all:?}").contains("change-me"));
}
