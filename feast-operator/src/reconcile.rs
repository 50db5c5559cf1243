//! One pass over a FeatureStore: dereference, render, apply, report.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use feast_api::Admitted;
use feast_api::v1::{FeatureStore, FeatureStoreStatus};
use feast_render::{Inputs, Listing, Metric, ObjectRef, failed, render};
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
use crate::fetched::Fetched;
use crate::finalizer;
use crate::hands::Hands;
use crate::meter::Outcome;
use crate::observed::Observed;
use crate::report;
use crate::shared::share;
use crate::spans;
use crate::turn::Turn;

/// How long the first status of a new FeatureStore may be delayed if it would only say that it is
/// not ready.
const MOMENT: Duration = Duration::from_secs(2);
/// How long permissions may take to come into effect.
const PATIENCE: Duration = Duration::from_secs(30);
/// Minimum interval of passes over an unchanged FeatureStore, in case a change was missed. If
/// everything is up to date, a pass costs no request.
const SECOND_LOOK: Duration = Duration::from_secs(30 * 60);

/// Makes the cluster match a FeatureStore, and reports the result.
///
/// # Errors
///
/// The pass must be retried; [`retry`] says when.
pub async fn reconcile(store: Arc<Fetched>, context: Arc<Context>) -> Result<Action, Error> {
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

/// When to retry a failed pass.
#[allow(
    clippy::needless_pass_by_value,
    reason = "the controller calls it this way"
)]
pub fn retry(store: Arc<Fetched>, error: &Error, context: Arc<Context>) -> Action {
    let key = key(&store);
    let wait = context.hands.backoffs.next(&key);
    let seconds = wait.as_secs_f32();
    if error.is_conflict() {
        tracing::debug!(feature_store = %key, %error, seconds, "retrying");
    } else {
        tracing::warn!(feature_store = %key, %error, seconds, "retrying");
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

/// What a pass keeps while it waits for shared ConfigMaps to be written. Many passes wait at the same
/// time, so it is small.
struct Made {
    status: FeatureStoreStatus,
    metric: Option<Metric>,
    standing: Standing,
    listing: Option<Listing>,
    failures: Failures,
}

/// Creates a FeatureStore's objects, and reports the result.
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
    let made = Box::pin(make(context, key, &given, &mut deeds)).await;
    report::deeds(context, key, given.store(), &deeds).await;
    drop(deeds);
    let (made, given) = match made {
        Ok(made) => {
            drop(given);
            (Box::pin(listed(context, made, turn)).await, None)
        }
        Err(error) => (Err(error), Some(given)),
    };
    let Made {
        status,
        metric,
        standing,
        ..
    } = match made {
        Ok(made) => made,
        Err(Error::Ending(ending)) => {
            // It will be deleted with its namespace.
            tracing::debug!(feature_store = %key, object = %ending, "the namespace is being deleted");
            return Ok(Action::await_change());
        }
        Err(error) => {
            if let Some(refusal) = told(&error, backoffs.failing(key)) {
                Box::pin(refuse(context, key, object, given, refusal)).await?;
            }
            return Err(error);
        }
    };
    if let Some(metric) = &metric {
        meter.store(key, metric);
    }
    if standing == Standing::New {
        // A watch will report the Deployment soon.
        return Ok(Action::requeue(MOMENT));
    }
    Box::pin(say(context, key, object, &status)).await?;
    if standing == Standing::WaitsForPods {
        // Failing pods are polled; watches report everything else.
        return Ok(Action::requeue(backoffs.next(key)));
    }
    backoffs.reset(key);
    Ok(Action::requeue(second_look(key)))
}

/// Waits until the FeatureStore's entries in shared ConfigMaps are current.
async fn listed(context: &Context, made: Made, turn: &mut Turn<'_>) -> Result<Made, Error> {
    let mut made = made;
    let shared = Box::pin(share(context, made.listing.as_ref()));
    let shared = turn.wait(shared).await;
    made.failures.add(shared)?;
    std::mem::take(&mut made.failures).end()?;
    Ok(made)
}

/// Reports that a FeatureStore is rejected, in an event and in its status. Inputs that were dropped
/// before the pass waited are gathered again.
async fn refuse(
    context: &Context,
    key: &ObjectRef,
    object: &Observed,
    given: Option<Inputs>,
    refusal: &feast_render::Error,
) -> Result<(), Error> {
    let given = if let Some(given) = given {
        given
    } else if let Task::Make(store) = task(key, object)? {
        inputs(context, *store).await?
    } else {
        return Ok(());
    };
    let status = failed(&given, refusal);
    report::refusal(context, key, given.store(), &status).await;
    drop(given);
    say(context, key, object, &status).await
}

/// When to reconcile an unchanged FeatureStore again; spread over time.
fn second_look(key: &ObjectRef) -> Duration {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let part = u32::try_from(hasher.finish() % 1000).unwrap_or_default();
    SECOND_LOOK + SECOND_LOOK * part / 1000
}

/// The error that the status should report after failing for this time; `None` for one that may be
/// temporary.
fn told(error: &Error, failing: Duration) -> Option<&feast_render::Error> {
    match error {
        Error::Refused(refusal) | Error::Withheld(refusal) => Some(refusal),
        Error::Lacking(refusal) => (failing > PATIENCE).then_some(refusal),
        _ => None,
    }
}

/// Writes the status of the current FeatureStore and records the response. If the spec has changed
/// since the pass started, the next pass reports on it.
async fn say(
    context: &Context,
    key: &ObjectRef,
    asked: &Observed,
    status: &FeatureStoreStatus,
) -> Result<(), Error> {
    let Some(object) = context.known.objects.get(key) else {
        return Ok(());
    };
    let generation = asked.generation();
    if (object.uid(), object.generation()) != (asked.uid(), generation) {
        return Ok(());
    }
    let store = Box::new(FeatureStore::from_value(object.value(key)?)?);
    report::status(context, key, &store, status, generation).await
}

/// Creates a FeatureStore's objects, except for shared ones.
async fn make(
    context: &Context,
    key: &ObjectRef,
    given: &Inputs,
    deeds: &mut Deeds,
) -> Result<Made, Error> {
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
    Ok(Made {
        standing: standing(given, &rendered),
        status: rendered.status,
        metric: rendered.metric,
        listing: rendered.plan.listing,
        failures,
    })
}

/// Removes a deleted FeatureStore from shared objects. Kubernetes deletes the objects it owns.
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
        Box::pin(take_out(context, metadata.clone(), turn)).await?;
    }
    finalizer::remove(context, key, &metadata).await?;
    Ok(Action::await_change())
}
