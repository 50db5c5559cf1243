//! What rendering a FeatureStore is given of the cluster.

use feast_api::v1::FeatureStore;
use feast_render::{Inputs, Live, MlflowServer, NAME_LABEL, ObjectRef, References, references};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Pod, ServiceAccount};
use k8s_openapi::api::rbac::v1::Role;
use kube::Resource;
use kube::api::{Api, ListParams};
use serde_json::Value;

use crate::context::Context;
use crate::error::Error;
use crate::platform;

/// Everything that a FeatureStore refers to, from the caches; only what Secrets and ConfigMaps
/// hold is fetched when their version changed, and Pods while they are not available.
///
/// # Errors
///
/// The API server does not answer.
pub async fn inputs(context: &Context, store: &FeatureStore) -> Result<Inputs, Error> {
    let wanted = references(store);
    let Context {
        client,
        versions,
        contents,
        ..
    } = context;
    let secrets: Vec<_> = wanted
        .secrets
        .iter()
        .map(|secret| secret.object.clone())
        .collect();
    let secrets = contents.secrets(client, versions, &secrets).await;
    let own = ObjectRef::new::<FeatureStore>(
        store.metadata.namespace.as_deref(),
        store.metadata.name.as_deref().unwrap_or_default(),
    );
    let secrets = secrets.map_err(Error::request(&own))?;
    let config_maps = contents
        .config_maps(client, versions, &wanted.config_maps)
        .await;
    let config_maps = config_maps.map_err(Error::request(&own))?;
    let mut live = live(context, store, &wanted)?;
    for pod in pods(context, store, &live, &wanted)
        .await
        .map_err(Error::request(&own))?
    {
        live = live.with_pod(pod);
    }
    let mut others = Vec::new();
    for reference in &wanted.feature_stores {
        if let Some(value) = value(context, reference)? {
            others.push(FeatureStore::from_value(value)?);
        }
    }
    let base = context.inputs();
    let mlflow = mlflow(context, &wanted)?;
    Ok(base
        .clone()
        .into_builder()
        .platform(base.platform().clone().with_mlflow(mlflow))
        .secrets(secrets)
        .config_maps(config_maps)
        .feature_stores(others)
        .live(live)
        .now(now())
        .build())
}

/// The time in RFC 3339, to the second, as conditions have it.
pub fn now() -> String {
    jiff::Timestamp::now()
        .strftime("%Y-%m-%dT%H:%M:%SZ")
        .to_string()
}

fn value(context: &Context, reference: &ObjectRef) -> Result<Option<Value>, serde_json::Error> {
    let object = context.objects.get(reference);
    object.map(|object| object.value(reference)).transpose()
}

/// The ConfigMaps that all FeatureStores share.
pub fn shared(context: &Context, wanted: &References) -> Vec<ObjectRef> {
    let Some(namespace) = context.discovery_namespace() else {
        return Vec::new();
    };
    let maps = wanted.shared_config_maps.iter();
    maps.map(|name| ObjectRef::new::<ConfigMap>(Some(namespace), *name))
        .collect()
}

/// What exists of the objects of a FeatureStore, and of those that all of them share.
fn live(context: &Context, store: &FeatureStore, wanted: &References) -> Result<Live, Error> {
    let namespace = store.metadata.namespace.as_deref();
    let name = store.metadata.name.as_deref();
    let labelled = [Role::kind(&()), ServiceAccount::kind(&())];
    let versions = [Role::api_version(&()), ServiceAccount::api_version(&())];
    let labelled = versions
        .iter()
        .zip(&labelled)
        .flat_map(|(api_version, kind)| {
            let objects = context.objects.of_kind(api_version, kind, namespace);
            let own = objects
                .into_iter()
                .filter(|(_, object)| object.label() == name);
            own.map(|(reference, _)| reference)
        });
    let mut named: Vec<_> = wanted
        .live
        .iter()
        .cloned()
        .chain(shared(context, wanted))
        .chain(labelled)
        .collect();
    named.sort();
    named.dedup();
    let mut live = Live::default();
    for reference in named {
        let Some(object) = context.objects.get(&reference) else {
            continue;
        };
        live = match reference.kind.as_ref() {
            "Deployment" => live.with_deployment(object.read()?),
            "ConfigMap" => live.with_config_map(object.read()?),
            _ => live.with_metadata(reference, object.read_metadata()?),
        };
    }
    Ok(live)
}

/// The Pods of a Deployment that has some and is not available: they tell why.
async fn pods(
    context: &Context,
    store: &FeatureStore,
    live: &Live,
    wanted: &References,
) -> Result<Vec<Pod>, kube::Error> {
    let namespace = store.metadata.namespace.as_deref().unwrap_or_default();
    let mut deployments = wanted
        .live
        .iter()
        .filter(|object| object.kind == Deployment::kind(&()));
    let waits = deployments.any(|object| {
        live.deployment(namespace, &object.name)
            .is_some_and(waits_for_pods)
    });
    if !waits {
        return Ok(Vec::new());
    }
    let name = store.metadata.name.as_deref().unwrap_or_default();
    let pods: Api<Pod> = Api::namespaced(context.client.clone(), namespace);
    let own = ListParams::default().labels(&format!("{NAME_LABEL}={name}"));
    Ok(pods.list(&own).await?.items)
}

/// Whether a Deployment has pods, but not enough of them are available.
pub fn waits_for_pods(deployment: &Deployment) -> bool {
    let Some(status) = &deployment.status else {
        return false;
    };
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let available = conditions
        .iter()
        .any(|condition| condition.type_ == "Available" && condition.status == "True");
    status.replicas.unwrap_or_default() > 0 && !available
}

fn mlflow(
    context: &Context,
    wanted: &References,
) -> Result<Option<MlflowServer>, serde_json::Error> {
    if !wanted.mlflow || !context.offer.mlflow {
        return Ok(None);
    }
    let kind = platform::mlflow();
    let servers = context.objects.of_kind(&kind.api_version, &kind.kind, None);
    let servers = servers
        .into_iter()
        .map(|(reference, server)| server.value(&reference));
    let servers = servers.collect::<Result<Vec<_>, _>>()?;
    Ok(MlflowServer::discover(&servers))
}
