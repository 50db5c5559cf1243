//! Gathers the inputs for rendering a FeatureStore.

use std::fmt;
use std::sync::Arc;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_render::{Answer, Found, Inputs, ObjectRef, Resolution, Selection, Time, Wanted};
use futures::future::try_join_all;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Resource;
use kube::api::{Api, ListParams};
use serde::de::DeserializeOwned;

use crate::contents::Contents;
use crate::context::Context;
use crate::error::Error;
use crate::knowledge::Knowledge;
use crate::observed::Observed;
use crate::platform;

/// Everything that rendering a FeatureStore needs, from the caches. Only contents of Secrets and
/// ConfigMaps are fetched, when their version changes, and Pods while they are not available.
///
/// # Errors
///
/// The API server does not respond, or an object does not match its kind.
pub async fn inputs(context: &Context, store: Admitted) -> Result<Inputs, Error> {
    let own = ObjectRef::new::<FeatureStore>(Some(store.namespace()), store.name());
    context.take_over(&own).await?;
    let mut resolution = Resolution::begin(store, context.known.operator(), &now());
    loop {
        resolution = match resolution {
            Resolution::Resolved(inputs) => return Ok(*inputs),
            Resolution::Asking(round) => {
                let answers = round.wanted().iter();
                let answers = answers.map(|wanted| answer(context, &own, wanted));
                let answers = try_join_all(answers).await?;
                round.answer(answers)?
            }
        };
    }
}

/// The current time in seconds, as in conditions.
pub fn now() -> Time {
    Time(jiff::Timestamp::now())
}

async fn answer(context: &Context, own: &ObjectRef, wanted: &Wanted) -> Result<Answer, Error> {
    let Context { known, hands } = context;
    Ok(match wanted {
        Wanted::Secret(reference) => {
            let api = hands.contents(&reference.object);
            let secret = content(api, known, &known.secrets, &reference.object).await;
            secret.map_err(Error::request(own))?.into()
        }
        Wanted::ConfigMap(reference) => {
            let api = hands.contents(&reference.object);
            let config_map = content(api, known, &known.config_maps, &reference.object).await;
            config_map.map_err(Error::request(own))?.into()
        }
        Wanted::FeatureStore(reference) => match feature_store(context, own, reference).await? {
            Some(object) => Answer::found(FeatureStore::from_value(object.value(reference)?)?),
            None => Answer::Absent,
        },
        // `shared` handles these ConfigMaps, for many FeatureStores at once.
        Wanted::Live(reference) if known.lists(reference) => Answer::Absent,
        Wanted::Live(reference) => live(context, reference).await?,
        Wanted::Labelled(selection) if selection.kind == Pod::kind(&()) => {
            let pods: Api<Pod> = Api::namespaced(hands.client.clone(), &selection.namespace);
            let labelled = ListParams::default().labels(&selection.selector());
            let pods = pods.list(&labelled).await.map_err(Error::request(own))?;
            Answer::found(pods.items)
        }
        Wanted::Labelled(selection) => Answer::found(labelled(known, selection)?),
        Wanted::MlflowServers => mlflow(known)?,
    })
}

/// A FeatureStore that another one refers to. If another operator reconciles it, it is read like a
/// Secret.
async fn feature_store(
    context: &Context,
    own: &ObjectRef,
    reference: &ObjectRef,
) -> Result<Option<Arc<Observed>>, Error> {
    let Context { known, hands } = context;
    let found = known.objects.get(reference);
    if found.is_some() || !known.configuration.is_sharded() {
        return Ok(found);
    }
    let api = hands.api_of(reference)?;
    let read = content(api, known, &known.feature_stores, reference).await;
    let read = read.map_err(Error::request(own))?;
    Ok(read.map(|read| Arc::new(read.object)))
}

/// The contents of an object that a FeatureStore refers to; read if this version is not cached.
async fn content<K>(
    api: Api<K>,
    known: &Knowledge,
    contents: &Contents<K>,
    object: &ObjectRef,
) -> Result<Option<K>, kube::Error>
where
    K: Resource + Clone + DeserializeOwned + fmt::Debug,
{
    let Some(current) = known.versions.get(object) else {
        contents.forget(object);
        return Ok(None);
    };
    let known = contents.at(current.version(), object);
    if known.is_some() {
        return Ok(known);
    }
    let read = api.get_opt(&object.name).await?;
    Ok(read.map(|read| contents.keep(object, read)))
}

async fn live(context: &Context, reference: &ObjectRef) -> Result<Answer, Error> {
    let Some(object) = context.live(reference).await? else {
        return Ok(Answer::Absent);
    };
    Ok(match reference.kind.as_ref() {
        "Deployment" => Answer::found(object.read::<Deployment>()?),
        "ConfigMap" => Answer::found(object.read::<ConfigMap>()?),
        _ => Answer::found(object.read_metadata()?),
    })
}

/// Metadata of the objects of a type with a FeatureStore's label.
fn labelled(known: &Knowledge, selection: &Selection) -> Result<Vec<ObjectMeta>, Error> {
    let Selection {
        api_version,
        kind,
        namespace,
        name,
        ..
    } = selection;
    let store = ObjectRef::new::<FeatureStore>(Some(namespace), name);
    let own = known.objects.labelled(&store).into_iter();
    let own = own.filter(|(it, _)| it.api_version == *api_version && it.kind == *kind);
    let metadata = own.map(|(_, object)| object.read_metadata());
    Ok(metadata.collect::<Result<_, _>>()?)
}

fn mlflow(known: &Knowledge) -> Result<Answer, Error> {
    if !known.offer.mlflow {
        return Ok(Answer::Absent);
    }
    let kind = platform::mlflow();
    let servers = known.objects.of_kind(&kind.api_version, &kind.kind, None);
    let servers = servers
        .into_iter()
        .map(|(reference, server)| server.value(&reference));
    let servers = servers.collect::<Result<Vec<_>, _>>()?;
    Ok(Answer::Found(Found::MlflowServers(servers)))
}
