//! Makes a cluster have what a plan says.

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
use crate::observed::Observed;
use crate::segment::{refusal, segment};
use crate::spans;
use crate::writing::{Writing, merge};

/// Patches, applies and deletes what a plan says, in its order, but for what all FeatureStores
/// share. An object that is as it should be costs no request, and one that is refused keeps
/// nothing from the others. `deeds` tells what was done, also if it fails in the end.
///
/// # Errors
///
/// What failed; of several failures the one that says most.
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

/// The objects of a plan but for the ConfigMaps that all FeatureStores share.
pub(crate) fn own(plan: &Plan) -> impl Iterator<Item = Object<'_>> {
    let shared = &plan.discovery_config_maps;
    let is_shared = |object: &Object<'_>, map: &ConfigMap| {
        std::ptr::eq(object.metadata(), &raw const map.metadata)
    };
    let own = plan.apply();
    own.filter(move |object| !shared.iter().any(|map| is_shared(object, map)))
}

/// What failed, while the rest goes on.
#[derive(Debug, Default)]
pub(crate) struct Failures(Option<Error>);

impl Failures {
    /// Takes note of how something ended. What would keep everything else from success is an error.
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

    /// The failure that says most, if there was any.
    pub(crate) fn end(self) -> Result<(), Error> {
        self.0.map_or(Ok(()), Err)
    }
}

/// Patches what a plan says.
///
/// # Errors
///
/// What failed; of several failures the one that says most.
pub async fn patch(context: &Context, plan: &Plan, deeds: &mut Deeds) -> Result<(), Error> {
    let mut failures = Failures::default();
    for change in plan.patch() {
        let merged = merge(context, &change.object, &change.merge).await;
        deeds.add(&change.object, merged.is_ok().then_some(Deed::Updated));
        failures.add(merged.map(drop))?;
    }
    failures.end()
}

/// Deletes what a plan says.
///
/// # Errors
///
/// What failed; of several failures the one that says most.
pub async fn remove(context: &Context, plan: &Plan, deeds: &mut Deeds) -> Result<(), Error> {
    let mut failures = Failures::default();
    for object in plan.delete() {
        let deleted = delete(context, object).await;
        failures.add(deleted.map(|deed| deeds.add(object, deed)))?;
    }
    failures.end()
}

/// Applies an object, unless it is as it should be; what was done to it.
///
/// # Errors
///
/// The request failed; [`Error::Refused`] if the API server refuses the object for good, and
/// [`Error::Withheld`] or [`Error::Lacking`] if that has to do with what is around it.
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
            let live = writing.done(live);
            known.answers.note(&reference, &wanted, &live);
            Ok(match before {
                None => Some(Deed::Created),
                Some(_) if adopts => Some(Deed::Adopted),
                Some(before) => (before.version() != live.version()).then_some(Deed::Updated),
            })
        }
        Err(error) => {
            if code(&error) == Some(409) {
                // Somebody made it, or changed it, and the next attempt has to know.
                context.look(&reference).await?;
            }
            Err(Error::write(object, error))
        }
    }
}

/// Changes who owns the fields of an object. Whoever wants it at a version then wants it at the
/// next one, from which nothing else differs.
async fn hand_over(
    context: &Context,
    api: &Api<Observed>,
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

/// Deletes an object, unless it is another one of its name by now; what was done to it.
async fn delete(context: &Context, object: &ObjectRef) -> Result<Option<Deed>, Error> {
    let Context { known, hands } = context;
    let Some(live) = to_delete(known, object) else {
        return Ok(None);
    };
    let params = DeleteParams::background().preconditions(Preconditions {
        uid: live.metadata().uid.clone(),
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
