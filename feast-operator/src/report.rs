//! Reports about a FeatureStore: status and events.

use feast_api::v1::{FeatureStore, FeatureStoreStatus};
use feast_render::{ConditionType, ObjectRef};
use k8s_openapi::api::core::v1::ObjectReference;
use kube::api::Patch;
use kube::runtime::events::{Event, EventType};
use serde_json::{Value, json};

use crate::context::Context;
use crate::deeds::Deeds;
use crate::dereference::now;
use crate::error::Error;
use crate::observed::Observed;
use crate::spans;
use crate::writing::{Writing, params};

/// Reason of the event and condition for a FeatureStore that does not match its type.
const UNREADABLE: &str = "Unreadable";
/// Reason of the event for a status that the API server only accepts without `applied`.
const UNSTORABLE: &str = "StatusNotStored";
/// Maximum length of a condition's message in bytes.
const LONGEST_MESSAGE: usize = 32 * 1024;
/// Maximum length of an event's note in bytes.
const LONGEST_NOTE: usize = 1024;

/// Writes the status of a FeatureStore for a generation, if it changed. If the API server rejects
/// `applied`, writes the status without it, and an event reports this.
///
/// # Errors
///
/// The request failed; a conflict if the FeatureStore has changed since it was read.
pub async fn status(
    context: &Context,
    key: &ObjectRef,
    store: &FeatureStore,
    status: &FeatureStoreStatus,
    generation: Option<i64>,
) -> Result<(), Error> {
    let status = &told(status, generation);
    context.hands.meter.status(key, status);
    let before = store.status.as_ref();
    let (wanted, now) = (serde_json::to_value(status)?, serde_json::to_value(before)?);
    let answers = &context.known.answers;
    if before == Some(status) || answers.is_refused(key, &wanted, &now) {
        return Ok(());
    }
    let version = store.metadata.resource_version.as_deref();
    let written = write(context, key, version, wanted.clone()).await;
    if !written.as_ref().is_err_and(is_invalid) {
        return written;
    }
    // Some parts of `applied` are immutable. They can change anyway, if the FeatureStore's spec
    // removed and added them again.
    let less = serde_json::to_value(FeatureStoreStatus {
        applied: None,
        ..status.clone()
    })?;
    if now != less {
        write(context, key, version, less.clone()).await?;
        let live = context.known.objects.get(key);
        let version = live.as_ref().map(|live| live.version());
        match write(context, key, version, wanted.clone()).await {
            Err(error) if is_invalid(&error) => {
                let about = about(key, store.metadata.uid.clone());
                warn(context, &about, UNSTORABLE, &error.to_string()).await;
            }
            written => return written,
        }
    }
    answers.note_refusal(key, &wanted, &less);
    Ok(())
}

/// Whether an object is rejected because of its content.
fn is_invalid(error: &Error) -> bool {
    error.code() == Some(422)
}

/// The status to write: conditions have the generation, and messages are shortened to what an API
/// server accepts.
#[must_use]
pub fn told(status: &FeatureStoreStatus, generation: Option<i64>) -> FeatureStoreStatus {
    let mut status = status.clone();
    let conditions = status.conditions.iter_mut().flatten();
    for condition in conditions.filter(|one| ConditionType::of(&one.type_).is_some()) {
        condition.message = shortened(&condition.message, LONGEST_MESSAGE);
        // An unchanged condition keeps its generation.
        condition.observed_generation = condition.observed_generation.or(generation);
    }
    status
}

/// Publishes what a pass did for a FeatureStore: an event for each kind of action, as Kubernetes'
/// controllers do.
pub async fn deeds(context: &Context, key: &ObjectRef, store: &FeatureStore, deeds: &Deeds) {
    let about = about(key, store.metadata.uid.clone());
    for (deed, note) in deeds.notes() {
        tell(context, &about, EventType::Normal, deed.reason(), &note).await;
    }
}

/// Publishes that a FeatureStore is rejected, unless already reported.
pub async fn refusal(
    context: &Context,
    key: &ObjectRef,
    store: &FeatureStore,
    refused: &FeatureStoreStatus,
) {
    let refused = told(refused, None);
    let message = failure(&refused);
    if message.is_none() || message == store.status.as_ref().and_then(failure) {
        return;
    }
    let about = about(key, store.metadata.uid.clone());
    warn(context, &about, "Refused", message.unwrap_or_default()).await;
}

/// Reports a FeatureStore that does not match its type, in an event and in its status.
///
/// # Errors
///
/// The request failed.
pub async fn unreadable(
    context: &Context,
    key: &ObjectRef,
    object: &Observed,
    error: &feast_api::ReadError,
) -> Result<(), Error> {
    let value = object.value(key)?;
    let message = shortened(&format!("Error: {error}"), LONGEST_MESSAGE);
    let told = value["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten();
    if told
        .into_iter()
        .any(|condition| condition["message"] == message.as_str())
    {
        return Ok(());
    }
    let about = about(key, object.uid().map(str::to_owned));
    warn(context, &about, UNREADABLE, &message).await;
    let condition = json!({
        "type": ConditionType::FeatureStore.as_str(),
        "status": "False",
        "reason": UNREADABLE,
        "message": message,
        "lastTransitionTime": now(),
        "observedGeneration": object.generation(),
    });
    let status = json!({ "phase": "Failed", "conditions": [condition] });
    context
        .hands
        .meter
        .status(key, &serde_json::from_value(status.clone())?);
    write(context, key, Some(object.version()), status).await
}

/// Replaces the whole status.
async fn write(
    context: &Context,
    key: &ObjectRef,
    version: Option<&str>,
    status: Value,
) -> Result<(), Error> {
    let api = context.hands.api_of(key)?;
    // With a version, the API server rejects the patch if the FeatureStore has changed meanwhile.
    let patch = serde_json::from_value(json!([
        { "op": "replace", "path": "/metadata/resourceVersion", "value": version },
        { "op": "add", "path": "/status", "value": status },
    ]))?;
    context.hands.meter.write("status");
    let writing = Writing::begin(context, key);
    let (params, patch) = (params(), Patch::Json::<()>(patch));
    let request = api.patch_status(&key.name, &params, &patch);
    let written = spans::write("status", key, request).await;
    writing.done(written.map_err(Error::request(key))?.object);
    Ok(())
}

/// The object of an event.
fn about(key: &ObjectRef, uid: Option<String>) -> ObjectReference {
    ObjectReference {
        api_version: Some(key.api_version.to_string()),
        kind: Some(key.kind.to_string()),
        name: Some(key.name.clone()),
        namespace: key.namespace.clone(),
        uid,
        ..ObjectReference::default()
    }
}

async fn warn(context: &Context, about: &ObjectReference, reason: &str, message: &str) {
    tell(context, about, EventType::Warning, reason, message).await;
}

async fn tell(
    context: &Context,
    about: &ObjectReference,
    type_: EventType,
    reason: &str,
    message: &str,
) {
    let event = Event {
        type_,
        reason: reason.to_owned(),
        note: Some(shortened(message, LONGEST_NOTE)),
        action: "Reconcile".to_owned(),
        secondary: None,
    };
    // The status or the objects show it, too.
    if let Err(error) = context.hands.events.publish(&event, about).await {
        tracing::warn!(%error, "cannot publish an event");
    }
}

/// The message of a failed FeatureStore.
fn failure(status: &FeatureStoreStatus) -> Option<&str> {
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let about = |condition: &&feast_api::v1::Condition| {
        condition.type_ == ConditionType::FeatureStore.as_str()
    };
    let condition = conditions.iter().find(about)?;
    (status.phase.as_deref() == Some("Failed")).then_some(condition.message.as_str())
}

fn shortened(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let end = (0..=most - '…'.len_utf8())
        .rev()
        .find(|end| text.is_char_boundary(*end));
    format!("{}…", &text[..end.unwrap_or_default()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_notes_are_cut_between_characters() {
        assert_eq!(shortened("ab", 2), "ab");
        assert_eq!(shortened("abcdef", 5), "ab…");
        assert_eq!(shortened("ééé", 5), "é…");
    }
}
