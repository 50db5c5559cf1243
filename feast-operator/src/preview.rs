//! What the operator would do to a cluster, without doing it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use feast_render::drift::{differences, restarts_pods};
use feast_render::{Object, ObjectRef, Plan, render};
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::adopt::{adopted, is_ours};
use crate::apply::own;
use crate::context::Context;
use crate::decide::{Task, is_current, is_to_adopt, task, to_delete};
use crate::deeds::Deed;
use crate::departed::{deletion, departed, gone};
use crate::dereference::inputs;
use crate::error::Error;
use crate::segment::{refusal, segment};
use crate::{claims, finalizer, platform, watch};

/// Timeout for filling the caches.
const READING: Duration = Duration::from_secs(60);

/// What the operator would do for a FeatureStore.
#[derive(Debug)]
#[non_exhaustive]
pub struct Preview {
    /// The FeatureStore; a deleted one may have left objects behind.
    pub feature_store: ObjectRef,
    /// Whether an annotation pauses it.
    pub is_paused: bool,
    /// The changes, or why there are none.
    pub intentions: Result<Vec<Intention>, Error>,
}

/// A change that the operator would make to an object.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Intention {
    /// The kind of change.
    pub deed: Deed,
    /// The object.
    pub object: ObjectRef,
    /// Whether someone else created the object. It is then not applied with force: the API server
    /// rejects changes of fields that others manage.
    pub is_foreign: bool,
    /// The fields of an existing object that would change.
    pub fields: Vec<String>,
    /// Whether it is a Deployment whose pods would restart.
    pub restarts_pods: bool,
}

impl Preview {
    /// Whether pods of the FeatureStore would restart.
    pub fn restarts_pods(&self) -> bool {
        let mut intentions = self.intentions.iter().flatten();
        intentions.any(|intention| intention.restarts_pods)
    }
}

/// The cluster could not be read completely.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unread {
    /// The API server does not allow listing a kind.
    #[error(transparent)]
    Refused(#[from] watch::Refused),
    /// It takes too long.
    #[error("the API server did not list all objects within {} s", READING.as_secs())]
    Late,
}

/// What an operator would do for all FeatureStores that it reconciles. Only reads the cluster.
///
/// # Errors
///
/// [`Unread`].
pub async fn previews(context: &Arc<Context>) -> Result<Vec<Preview>, Unread> {
    watch::check(context).await?;
    let mut watches = watch::start(context);
    let read = timeout(READING, watches.synced()).await;
    read.map_err(|_| Unread::Late)?;
    let kind = platform::feature_store();
    let objects = &context.known.objects;
    let stores = objects.of_kind(&kind.api_version, &kind.kind, None);
    let keys = stores.into_iter().map(|(key, _)| key);
    let mut previews = Vec::new();
    for feature_store in keys.chain(departed(&context.known)) {
        let intentions = Box::pin(preview(context, &feature_store)).await;
        previews.push(Preview {
            is_paused: is_paused(context, &feature_store),
            feature_store,
            intentions,
        });
    }
    Ok(previews)
}

fn is_paused(context: &Context, key: &ObjectRef) -> bool {
    let found = context.known.objects.get(key);
    found.is_some_and(|object| matches!(task(key, &object), Ok(Task::Pause)))
}

async fn preview(context: &Context, key: &ObjectRef) -> Result<Vec<Intention>, Error> {
    let cleans_up = context.known.configuration.finalizers;
    let Some(object) = context.known.objects.get(key) else {
        return withdrawal(context, gone(key), cleans_up).await;
    };
    match task(key, &object)? {
        Task::Pause => Ok(Vec::new()),
        Task::Tell(error) => Err(error.into()),
        Task::Withdraw(metadata) => {
            let is_held = finalizer::is_set(&metadata);
            withdrawal(context, *metadata, cleans_up && is_held).await
        }
        Task::Make(store) => {
            let given = inputs(context, *store).await?;
            let mut plan = render(&given)?.plan;
            claims::settle(&context.known, key, &given.store().metadata, &mut plan)?;
            let mut found = intentions(context, &plan).await?;
            let is_held = finalizer::is_set(&given.store().metadata);
            let adds = cleans_up && finalizer::is_called_for(&plan) && !is_held;
            if adds || !cleans_up && is_held {
                let finalizers = vec!["metadata.finalizers".to_owned()];
                found.push(updated(key, finalizers));
            }
            Ok(found)
        }
    }
}

/// The changes to remove a FeatureStore from shared objects, if necessary.
async fn withdrawal(
    context: &Context,
    metadata: ObjectMeta,
    is_called_for: bool,
) -> Result<Vec<Intention>, Error> {
    if !is_called_for {
        return Ok(Vec::new());
    }
    let plan = deletion(context, metadata).await?;
    intentions(context, &plan).await
}

/// The changes that a plan requires.
async fn intentions(context: &Context, plan: &Plan) -> Result<Vec<Intention>, Error> {
    let mut found = Vec::new();
    for patch in plan.patch() {
        found.push(updated(&patch.object, fields(&patch.merge)));
    }
    for object in own(plan) {
        found.extend(intention(context, object).await?);
    }
    for map in &listed(context, plan)? {
        found.extend(intention(context, Object::from(map)).await?);
    }
    for object in plan.delete() {
        if to_delete(&context.known, object).is_some() {
            found.push(Intention {
                deed: Deed::Deleted,
                object: object.clone(),
                is_foreign: false,
                fields: Vec::new(),
                restarts_pods: false,
            });
        }
    }
    Ok(found)
}

/// The shared ConfigMaps of a plan, if they are not up to date.
fn listed(context: &Context, plan: &Plan) -> Result<Vec<ConfigMap>, Error> {
    let reading = context.known.listed()?;
    let listing = plan.listing.as_ref();
    let Some(listing) = listing.filter(|listing| !reading.has(listing)) else {
        return Ok(Vec::new());
    };
    let mut directory = reading.directory.clone();
    directory.enter(listing);
    Ok(directory.config_maps())
}

/// The change that an object requires, if any.
async fn intention(context: &Context, object: Object<'_>) -> Result<Option<Intention>, Error> {
    let (reference, wanted) = (object.reference(), object.to_value());
    if let Some(refusal) = refusal(&reference.name) {
        return Err(feast_render::Error::refused(object, refusal).into());
    }
    let mut before = context.live(&reference).await?;
    let known = &context.known;
    if before.is_none() {
        // Objects of others lack the label that watches select.
        context.look(&reference).await?;
        before = known.objects.get(&reference);
    }
    if is_current(known, &reference, &wanted)? {
        return Ok(None);
    }
    let is_foreign = known.objects.is_stranger(&reference);
    let Some(before) = before else {
        return Ok(Some(Intention {
            deed: Deed::Created,
            object: reference,
            is_foreign,
            fields: Vec::new(),
            restarts_pods: false,
        }));
    };
    let mut live = before.value(&reference)?;
    let adopts = is_to_adopt(known, &reference);
    if adopts {
        live["metadata"]["managedFields"] = json!([handed_over(context, &reference).await?]);
    }
    Ok(Some(Intention {
        deed: if adopts { Deed::Adopted } else { Deed::Updated },
        is_foreign,
        fields: differences(&live, &wanted),
        restarts_pods: reference.kind == "Deployment" && restarts_pods(&live, &wanted),
        object: reference,
    }))
}

/// The field set that this operator would own after taking over the reference's fields.
async fn handed_over(context: &Context, object: &ObjectRef) -> Result<Value, Error> {
    let api = context.hands.api_of(object)?;
    let found = api.get_metadata_opt(&segment(&object.name)).await;
    let found = found.map_err(Error::request(object))?;
    let entries = found.and_then(|found| found.metadata.managed_fields);
    let entries = adopted(entries.unwrap_or_default());
    let ours = entries.into_iter().find(is_ours);
    Ok(ours
        .and_then(|ours| ours.fields_v1)
        .map_or(Value::Null, |fields| fields.0))
}

fn updated(object: &ObjectRef, fields: Vec<String>) -> Intention {
    Intention {
        deed: Deed::Updated,
        object: object.clone(),
        is_foreign: false,
        fields,
        restarts_pods: false,
    }
}

/// The fields that a merge patch changes, except the version, which only identifies the object.
fn fields(patch: &Value) -> Vec<String> {
    let mut fields = Vec::new();
    add_fields(patch, "", &mut fields);
    fields.retain(|field| field != "metadata.resourceVersion");
    fields
}

fn add_fields(patch: &Value, at: &str, found: &mut Vec<String>) {
    let Some(members) = patch.as_object() else {
        return found.push(at.to_owned());
    };
    for (name, patch) in members {
        let at = match at {
            "" => name.clone(),
            at => format!("{at}.{name}"),
        };
        add_fields(patch, &at, found);
    }
}

/// For people: a line for each object.
impl fmt::Display for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ObjectRef {
            namespace, name, ..
        } = &self.feature_store;
        let namespace = namespace.as_deref().unwrap_or_default();
        write!(f, "FeatureStore {namespace}/{name}")?;
        match &self.intentions {
            Err(error) => writeln!(f, ": refused: {error}"),
            Ok(_) if self.is_paused => writeln!(f, ": paused"),
            Ok(intentions) if intentions.is_empty() => writeln!(f, ": nothing"),
            Ok(intentions) => {
                let restarts = self.restarts_pods();
                writeln!(f, "{}", if restarts { ": restarts pods" } else { "" })?;
                let home = self.feature_store.namespace.as_deref();
                let mut lines = intentions.iter();
                lines.try_for_each(|intention| writeln!(f, "  {}", Line { intention, home }))
            }
        }
    }
}

/// The change of an object, for a FeatureStore in a namespace.
struct Line<'a> {
    intention: &'a Intention,
    home: Option<&'a str>,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Intention {
            deed,
            object,
            is_foreign,
            fields,
            restarts_pods: _,
        } = self.intention;
        let sign = match deed {
            Deed::Created => '+',
            Deed::Deleted => '-',
            Deed::Adopted | Deed::Updated => '~',
        };
        write!(f, "{sign} {} ", object.kind)?;
        let elsewhere = object
            .namespace
            .as_deref()
            .filter(|_| object.namespace.as_deref() != self.home);
        if let Some(namespace) = elsewhere {
            write!(f, "{namespace}/")?;
        }
        f.write_str(&object.name)?;
        if *is_foreign {
            f.write_str(" (managed by others: rejected until they give up these fields)")?;
        } else if *deed == Deed::Adopted {
            f.write_str(" (taken over)")?;
        }
        if !fields.is_empty() {
            write!(f, ": {}", fields.join(", "))?;
        }
        Ok(())
    }
}
