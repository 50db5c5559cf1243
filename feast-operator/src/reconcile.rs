//! One pass over a FeatureStore: dereference, render, apply, report.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use feast_api::Admitted;
use feast_api::v1::{FeatureStore, FeatureStoreStatus};
use feast_render::{Inputs, ObjectRef, Rendered, failed, render};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::runtime::controller::Action;
use tracing::Instrument;

use crate::apply::{Failures, apply};
use crate::claims;
use crate::context::{Context, key};
use crate::decide::{Standing, Task, standing, task};
use crate::deeds::Deeds;
use crate::departed::take_out;
use crate::dereference::inputs;
use crate::error::Error;
use crate::finalizer;
use crate::hands::Hands;
use crate::meter::Outcome;
use crate::observed::Observed;
use crate::report;
use crate::shared::share;
use crate::spans;
use crate::turn::Turn;

/// How long a new FeatureStore may be without a status that says only that it is not ready.
const MOMENT: Duration = Duration::from_secs(2);
/// How long rights may take to come into effect.
const PATIENCE: Duration = Duration::from_secs(30);
/// When to look again at a FeatureStore that is well, at the earliest: should anything be missed, it
/// is not missed for ever. What is as it should be costs no request.
const SECOND_LOOK: Duration = Duration::from_secs(30 * 60);

/// Makes the cluster have what a FeatureStore calls for, and says how that went.
///
/// # Errors
///
/// What is to be tried again; [`retry`] says when.
pub async fn reconcile(store: Arc<Observed>, context: Arc<Context>) -> Result<Action, Error> {
    let key = key(&store);
    let Hands {
        health,
        meter,
        turns,
        ..
    } = &context.hands;
    let mut turn = turns.begin().await;
    let start = Instant::now();
    context.hands.begin(&key);
    meter.begin();
    let _pass = health.begin();
    let span = spans::pass(&key);
    let result = Box::pin(pass(&key, &context, &mut turn).instrument(span.clone())).await;
    let outcome = match &result {
        Ok(_) => Outcome::Success,
        Err(error) if error.is_refusal() => Outcome::Refused,
        Err(_) => Outcome::Error,
    };
    match &result {
        Ok(_) if context.known.objects.get(&key).is_some() => meter.succeeded(&key),
        Ok(_) => {}
        Err(error) => meter.error(error.reason()),
    }
    span.record("outcome", outcome.as_str());
    meter.end(outcome, start.elapsed());
    result
}

/// When to try again what failed.
#[allow(clippy::needless_pass_by_value, reason = "as the controller calls it")]
pub fn retry(store: Arc<Observed>, error: &Error, context: Arc<Context>) -> Action {
    let key = key(&store);
    let wait = context.hands.backoffs.next(&key);
    let seconds = wait.as_secs_f32();
    if error.is_conflict() {
        tracing::debug!(feature_store = %key, %error, seconds, "trying again");
    } else {
        tracing::warn!(feature_store = %key, %error, seconds, "trying again");
    }
    Action::requeue(wait)
}

async fn pass(key: &ObjectRef, context: &Context, turn: &mut Turn<'_>) -> Result<Action, Error> {
    let Some(object) = context.known.objects.get(key) else {
        return Ok(Action::await_change());
    };
    match task(key, &object)? {
        Task::Withdraw(metadata) => Box::pin(withdraw(context, key, *metadata, turn)).await,
        Task::Pause => {
            tracing::debug!(feature_store = %key, "paused");
            context.hands.backoffs.reset(key);
            Ok(Action::await_change())
        }
        Task::Tell(error) => {
            report::unreadable(context, key, &object, &error).await?;
            Err(error.into())
        }
        Task::Make(store) => Box::pin(look_after(context, key, &object, *store, turn)).await,
    }
}

/// Makes what a FeatureStore calls for, and says how that went.
async fn look_after(
    context: &Context,
    key: &ObjectRef,
    object: &Observed,
    store: Admitted,
    turn: &mut Turn<'_>,
) -> Result<Action, Error> {
    let Hands {
        backoffs, meter, ..
    } = &context.hands;
    let given = inputs(context, store)
        .instrument(spans::dereference())
        .await?;
    let mut deeds = Deeds::default();
    let made = Box::pin(make(context, key, &given, &mut deeds, turn)).await;
    report::deeds(context, key, given.store(), &deeds).await;
    let rendered = match made {
        Ok(rendered) => rendered,
        Err(Error::Ending(ending)) => {
            // It goes with its namespace.
            tracing::debug!(feature_store = %key, object = %ending, "the namespace is being deleted");
            return Ok(Action::await_change());
        }
        Err(error) => {
            if let Some(refusal) = told(&error, backoffs.failing(key)) {
                let status = failed(&given, refusal);
                report::refusal(context, key, given.store(), &status).await;
                say(context, key, object, &status).await?;
            }
            return Err(error);
        }
    };
    if let Some(metric) = &rendered.metric {
        meter.store(key, metric);
    }
    let standing = standing(&given, &rendered);
    if standing == Standing::New {
        // A watch will tell of it in a moment.
        return Ok(Action::requeue(MOMENT));
    }
    say(context, key, object, &rendered.status).await?;
    if standing == Standing::WaitsForPods {
        // Only pods that fail have to be looked at; of all else watches tell.
        return Ok(Action::requeue(backoffs.next(key)));
    }
    backoffs.reset(key);
    Ok(Action::requeue(second_look(key)))
}

/// When to look again at a FeatureStore that is well: not at all of them at once.
fn second_look(key: &ObjectRef) -> Duration {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let part = u32::try_from(hasher.finish() % 1000).unwrap_or_default();
    SECOND_LOOK + SECOND_LOOK * part / 1000
}

/// What the status is to say of an error after so long, if anything: not what may be over in a moment.
fn told(error: &Error, failing: Duration) -> Option<&feast_render::Error> {
    match error {
        Error::Refused(refusal) | Error::Withheld(refusal) => Some(refusal),
        Error::Lacking(refusal) => (failing > PATIENCE).then_some(refusal),
        _ => None,
    }
}

/// Writes the status of a FeatureStore as it is now; what this pass changed of it is known. If it
/// asks for something else than when the pass began, another pass is to say how that went.
async fn say(
    context: &Context,
    key: &ObjectRef,
    asked: &Observed,
    status: &FeatureStoreStatus,
) -> Result<(), Error> {
    let Some(object) = context.known.objects.get(key) else {
        return Ok(());
    };
    let (now, then) = (object.metadata(), asked.metadata());
    if (&now.uid, now.generation) != (&then.uid, then.generation) {
        return Ok(());
    }
    let store = Box::new(FeatureStore::from_value(object.value(key)?)?);
    report::status(context, key, &store, status, then.generation).await
}

async fn make(
    context: &Context,
    key: &ObjectRef,
    given: &Inputs,
    deeds: &mut Deeds,
    turn: &mut Turn<'_>,
) -> Result<Rendered, Error> {
    let mut rendered = spans::render().in_scope(|| render(given))?;
    let store = given.store();
    claims::settle(&context.known, key, &store.metadata, &mut rendered.plan)?;
    let plan = &rendered.plan;
    if !context.known.configuration.finalizers {
        finalizer::remove(context, key, &store.metadata).await?;
    } else if finalizer::is_called_for(plan) {
        finalizer::add(context, key, &store.metadata).await?;
    }
    let mut failures = Failures::default();
    failures.add(apply(context, plan, deeds).await)?;
    let shared = turn.wait(share(context, plan.listing.as_ref())).await;
    failures.add(shared)?;
    failures.end()?;
    Ok(rendered)
}

/// Takes a FeatureStore that is deleted out of what it shared with others. What it owned goes with
/// it.
async fn withdraw(
    context: &Context,
    key: &ObjectRef,
    metadata: ObjectMeta,
    turn: &mut Turn<'_>,
) -> Result<Action, Error> {
    if !finalizer::is_set(&metadata) {
        return Ok(Action::await_change());
    }
    if context.known.configuration.finalizers {
        let taken = Box::pin(take_out(context, metadata.clone()));
        turn.wait(taken).await?;
    }
    finalizer::remove(context, key, &metadata).await?;
    Ok(Action::await_change())
}
