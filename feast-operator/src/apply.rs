//! Makes the cluster match a plan.

use feast_render::{Object, ObjectRef, Plan};
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ManagedFieldsEntry;
use kube::api::{Api, DeleteParams, Patch, PatchParams, Preconditions};
use serde_json::{Value, json};

use crate::MANAGER;
use crate::adopt::{adopted, without_replicas};
use crate::context::Context;
use crate::decide::{is_current, is_ours, is_to_adopt, is_to_leave_replicas, to_delete};
use crate::deeds::{Deed, Deeds};
use crate::error::{Error, code};
use crate::fetched::Fetched;
use crate::segment::{refusal, segment};
use crate::spans;
use crate::writing::{Writing, merge};

/// Patches, applies and deletes the objects of a plan, in its order, except those shared by all
/// FeatureStores. An object that is up to date costs no request, and a rejected object does not
/// stop the others. `deeds` records what was done, even if a later step fails.
///
/// # Errors
///
/// The most informative failure.
pub async fn apply(context: &Context, plan: &Plan, deeds: &mut Deeds) -> Result<(), Error> {
    let mut failures = Failures::default();
    failures.add(patch(context, plan, deeds).await)?;
    for object in own(plan) {
        let written = write(context, object).await;
        failures.add(written.map(|deed| deeds.add(&object.reference(), deed)))?;
    }
    failures.add(remove(context, plan, deeds).await)?;
    failures.end()
}

/// The objects of a plan except the shared ConfigMaps.
pub(crate) fn own(plan: &Plan) -> impl Iterator<Item = Object<'_>> {
    let shared = &plan.discovery_config_maps;
    let is_shared = |object: &Object<'_>, map: &ConfigMap| {
        std::ptr::eq(object.metadata(), &raw const map.metadata)
    };
    let own = plan.apply();
    own.filter(move |object| !shared.iter().any(|map| is_shared(object, map)))
}

/// Collects failures while the remaining steps continue.
#[derive(Debug, Default)]
pub(crate) struct Failures(Option<Error>);

impl Failures {
    /// Records a result. Returns an error only if the remaining steps would fail, too.
    pub(crate) fn add(&mut self, result: Result<(), Error>) -> Result<(), Error> {
        let Err(error) = result else { return Ok(()) };
        if error.concerns_all() {
            return Err(error);
        }
        self.0 = Some(match self.0.take() {
            Some(first) => {
                tracing::debug!(%error, "failed as well");
                first.or(error)
            }
            None => error,
        });
        Ok(())
    }

    /// The most informative failure, if any.
    pub(crate) fn end(self) -> Result<(), Error> {
        self.0.map_or(Ok(()), Err)
    }
}

/// Sends the patches of a plan.
///
/// # Errors
///
/// The most informative failure.
pub async fn patch(context: &Context, plan: &Plan, deeds: &mut Deeds) -> Result<(), Error> {
    let mut failures = Failures::default();
    for change in plan.patch() {
        let merged = merge(context, &change.object, &change.merge).await;
        deeds.add(&change.object, merged.is_ok().then_some(Deed::Updated));
        failures.add(merged.map(drop))?;
    }
    failures.end()
}

/// Deletes the objects that a plan deletes.
///
/// # Errors
///
/// The most informative failure.
pub async fn remove(context: &Context, plan: &Plan, deeds: &mut Deeds) -> Result<(), Error> {
    let mut failures = Failures::default();
    for object in plan.delete() {
        let deleted = delete(context, object).await;
        failures.add(deleted.map(|deed| deeds.add(object, deed)))?;
    }
    failures.end()
}

/// Applies an object unless it is up to date; returns what was done.
///
/// # Errors
///
/// The request failed; [`Error::Refused`] if the API server rejects the object itself, and
/// [`Error::Withheld`] or [`Error::Lacking`] if the reason is outside the object.
pub async fn write(context: &Context, object: Object<'_>) -> Result<Option<Deed>, Error> {
    let reference = object.reference();
    if let Some(refusal) = refusal(&reference.name) {
        return Err(feast_render::Error::refused(object, refusal).into());
    }
    let mut wanted = object.to_value();
    let before = context.live(&reference).await?;
    let Context { known, hands } = context;
    if is_current(known, &reference, &wanted)? {
        return Ok(None);
    }
    let api = hands.api_of(&reference)?;
    let adopts = is_to_adopt(known, &reference);
    if adopts {
        tracing::info!(object = %reference, "adopting");
        hand_over(context, &api, &reference, &mut wanted, adopted).await?;
    }
    if is_to_leave_replicas(known, &reference, &wanted)? {
        hand_over(context, &api, &reference, &mut wanted, without_replicas).await?;
    }
    let params = PatchParams {
        force: is_ours(known, &reference),
        ..PatchParams::apply(MANAGER)
    };
    hands.meter.write("apply");
    let writing = Writing::begin(context, &reference);
    let (name, patch) = (segment(&reference.name), Patch::Apply(&wanted));
    match spans::write("apply", &reference, api.patch(&name, &params, &patch)).await {
        Ok(live) => {
            tracing::debug!(object = %reference, "applied");
            let live = writing.done(live.object);
            known.answers.note(&reference, &wanted, &live);
            Ok(match before {
                None => Some(Deed::Created),
                Some(_) if adopts => Some(Deed::Adopted),
                Some(before) => (before.version() != live.version()).then_some(Deed::Updated),
            })
        }
        Err(error) => {
            if code(&error) == Some(409) {
                // Someone created or changed the object; the next attempt needs its current state.
                context.look(&reference).await?;
            }
            Err(Error::write(object, error))
        }
    }
}

/// Changes who owns the fields of an object. If an update expects the old version, it then expects
/// the new one, which differs in nothing else.
async fn hand_over(
    context: &Context,
    api: &Api<Fetched>,
    object: &ObjectRef,
    wanted: &mut Value,
    change: impl Fn(Vec<ManagedFieldsEntry>) -> Vec<ManagedFieldsEntry>,
) -> Result<(), Error> {
    let found = api.get_metadata_opt(&segment(&object.name)).await;
    let found = found.map_err(Error::request(object))?;
    let Some(metadata) = found.map(|found| found.metadata) else {
        return Ok(());
    };
    let version = wanted["metadata"].get_mut("resourceVersion");
    let found = json!(metadata.resource_version);
    let patch = json!({ "metadata": {
        "managedFields": change(metadata.managed_fields.unwrap_or_default()),
        "resourceVersion": version.as_deref().unwrap_or(&found),
    } });
    let live = merge(context, object, &patch).await?;
    if let Some(version) = version {
        *version = live.version().into();
    }
    Ok(())
}

/// Deletes an object unless another one has its name by now; returns what was done.
async fn delete(context: &Context, object: &ObjectRef) -> Result<Option<Deed>, Error> {
    let Context { known, hands } = context;
    let Some(live) = to_delete(known, object) else {
        return Ok(None);
    };
    let params = DeleteParams::background().preconditions(Preconditions {
        uid: live.uid().map(str::to_owned),
        resource_version: None,
    });
    hands.meter.write("delete");
    tracing::debug!(object = %object, "deleting");
    let api = hands.api_of(object)?;
    let name = segment(&object.name);
    let deed = match spans::write("delete", object, api.delete(&name, &params)).await {
        Ok(_) => Some(Deed::Deleted),
        Err(error) if code(&error) == Some(404) => None,
        Err(error) => return Err(Error::request(object)(error)),
    };
    known.objects.remove(object, &live);
    Ok(deed)
}
