//! One pass over a FeatureStore: dereference, render, apply, report.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use feast_api::Admitted;
use feast_api::v1::{FeatureStore, FeatureStoreStatus};
use feast_render::{Inputs, ObjectRef, Rendered, failed, render};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::runtime::controller::Action;

use crate::PAUSED;
use crate::apply::{Failures, apply};
use crate::context::{Context, key};
use crate::departed::take_out;
use crate::dereference::inputs;
use crate::error::Error;
use crate::finalizer;
use crate::metrics::Outcome;
use crate::observed::Observed;
use crate::report;
use crate::shared::share;

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
    let start = Instant::now();
    context.metrics.begin();
    let _pass = context.health.begin();
    let result = Box::pin(pass(&key, &context)).await;
    let outcome = match &result {
        Ok(_) => Outcome::success,
        Err(error) if error.is_refusal() => Outcome::refused,
        Err(_) => Outcome::error,
    };
    if let Err(error) = &result {
        context.metrics.error(error.reason());
    }
    context.metrics.end(outcome, start.elapsed());
    result
}

/// When to try again what failed.
#[allow(clippy::needless_pass_by_value, reason = "as the controller calls it")]
pub fn retry(store: Arc<Observed>, error: &Error, context: Arc<Context>) -> Action {
    let key = key(&store);
    let wait = context.backoffs.next(&key);
    let seconds = wait.as_secs_f32();
    if error.is_conflict() {
        tracing::debug!(feature_store = %key, %error, seconds, "trying again");
    } else {
        tracing::warn!(feature_store = %key, %error, seconds, "trying again");
    }
    Action::requeue(wait)
}

async fn pass(key: &ObjectRef, context: &Context) -> Result<Action, Error> {
    let Some(object) = context.objects.get(key) else {
        return Ok(Action::await_change());
    };
    if object.metadata().deletion_timestamp.is_some() {
        Box::pin(withdraw(context, key, &object)).await?;
        return Ok(Action::await_change());
    }
    if is_paused(&object.read_metadata()?) {
        tracing::debug!(feature_store = %key, "paused");
        context.backoffs.reset(key);
        return Ok(Action::await_change());
    }
    let store = match FeatureStore::from_value(object.value(key)?) {
        Ok(store) => Admitted::assume(store)?,
        Err(error) => {
            report::unreadable(context, key, &object, &error).await?;
            return Err(error.into());
        }
    };
    let given = inputs(context, store).await?;
    let store = given.store();
    let made = match render(&given) {
        Ok(rendered) => make(context, key, &given, &rendered)
            .await
            .map(|()| rendered),
        Err(refusal) => Err(refusal.into()),
    };
    let rendered = match made {
        Ok(rendered) => rendered,
        Err(Error::Ending(ending)) => {
            // It goes with its namespace.
            tracing::debug!(feature_store = %key, object = %ending, "the namespace is being deleted");
            return Ok(Action::await_change());
        }
        Err(error) => {
            if let Some(refusal) = told(context, key, &error) {
                let status = failed(&given, refusal);
                report::refusal(context, key, store, &status).await;
                say(context, key, &object, &status).await?;
            }
            return Err(error);
        }
    };
    if let Some(metric) = &rendered.metric {
        context.metrics.store(key, metric);
    }
    let name = rendered.plan.deployment.as_ref();
    let name = name.and_then(|deployment| deployment.metadata.name.as_deref());
    let deployment = name.and_then(|name| given.live().deployment(store.namespace(), name));
    if name.is_some() && deployment.is_none() {
        // It has just been made, and a watch will tell of it in a moment.
        return Ok(Action::requeue(MOMENT));
    }
    say(context, key, &object, &rendered.status).await?;
    if deployment.is_some_and(waits_for_pods) {
        // Only pods that fail have to be looked at; of all else watches tell.
        return Ok(Action::requeue(context.backoffs.next(key)));
    }
    context.backoffs.reset(key);
    Ok(Action::requeue(second_look(key)))
}

/// Whether a FeatureStore with this metadata is to be left as it is.
fn is_paused(metadata: &ObjectMeta) -> bool {
    let annotations = metadata.annotations.as_ref();
    annotations.is_some_and(|annotations| annotations.get(PAUSED).is_some_and(|it| it == "true"))
}

/// When to look again at a FeatureStore that is well: not at all of them at once.
fn second_look(key: &ObjectRef) -> Duration {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    let part = u32::try_from(hasher.finish() % 1000).unwrap_or_default();
    SECOND_LOOK + SECOND_LOOK * part / 1000
}

/// What the status is to say of an error, if anything: not what may be over in a moment.
fn told<'e>(
    context: &Context,
    key: &ObjectRef,
    error: &'e Error,
) -> Option<&'e feast_render::Error> {
    match error {
        Error::Refused(refusal) | Error::Withheld(refusal) => Some(refusal),
        Error::Lacking(refusal) => (context.backoffs.failing(key) > PATIENCE).then_some(refusal),
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
    let Some(object) = context.objects.get(key) else {
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
    rendered: &Rendered,
) -> Result<(), Error> {
    let (store, plan) = (given.store(), &rendered.plan);
    if context.settings.no_finalizers {
        finalizer::remove(context, key, &store.metadata).await?;
    } else if finalizer::is_called_for(plan) {
        finalizer::add(context, key, &store.metadata).await?;
    }
    let mut failures = Failures::default();
    failures.add(apply(context, plan).await)?;
    failures.add(share(context, given, &plan.discovery_config_maps).await)?;
    failures.end()
}

/// Takes a FeatureStore that is deleted out of what it shared with others. What it owned goes with
/// it. Its metadata is enough for that.
async fn withdraw(context: &Context, key: &ObjectRef, object: &Observed) -> Result<(), Error> {
    let metadata = object.read_metadata()?;
    if !finalizer::is_set(&metadata) {
        return Ok(());
    }
    if !context.settings.no_finalizers {
        Box::pin(take_out(context, metadata.clone())).await?;
    }
    finalizer::remove(context, key, &metadata).await
}

/// Whether a Deployment has pods, but not enough of them are available.
fn waits_for_pods(deployment: &Deployment) -> bool {
    let Some(status) = &deployment.status else {
        return false;
    };
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let available = conditions
        .iter()
        .any(|condition| condition.type_ == "Available" && condition.status == "True");
    status.replicas.unwrap_or_default() > 0 && !available
}
