//! What Secrets and ConfigMaps hold that FeatureStores refer to.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use feast_render::ObjectRef;
use k8s_openapi::NamespaceResourceScope;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::api::Api;
use kube::{Client, Resource};
use serde::de::DeserializeOwned;

use crate::cache::Cache;

/// Objects that were fetched, until their version changes.
///
/// Versions are watched, contents are not: the operator holds of a cluster's Secrets only those
/// that FeatureStores refer to.
#[derive(Default)]
pub struct Contents {
    secrets: Mutex<HashMap<ObjectRef, Secret>>,
    config_maps: Mutex<HashMap<ObjectRef, ConfigMap>>,
}

impl Contents {
    /// The Secrets of these that exist.
    ///
    /// # Errors
    ///
    /// The API server does not answer.
    pub async fn secrets(
        &self,
        client: &Client,
        versions: &Cache,
        wanted: &[ObjectRef],
    ) -> Result<Vec<Secret>, kube::Error> {
        fetch(&self.secrets, client, versions, wanted).await
    }

    /// The ConfigMaps of these that exist.
    ///
    /// # Errors
    ///
    /// The API server does not answer.
    pub async fn config_maps(
        &self,
        client: &Client,
        versions: &Cache,
        wanted: &[ObjectRef],
    ) -> Result<Vec<ConfigMap>, kube::Error> {
        fetch(&self.config_maps, client, versions, wanted).await
    }
}

async fn fetch<K>(
    known: &Mutex<HashMap<ObjectRef, K>>,
    client: &Client,
    versions: &Cache,
    wanted: &[ObjectRef],
) -> Result<Vec<K>, kube::Error>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>,
    K: Clone + DeserializeOwned + fmt::Debug,
{
    let lock = || known.lock().unwrap_or_else(PoisonError::into_inner);
    let mut found = Vec::new();
    for reference in wanted {
        let Some(current) = versions.get(reference) else {
            lock().remove(reference);
            continue;
        };
        let known = lock().get(reference).cloned();
        let is_current =
            |object: &K| object.meta().resource_version.as_deref() == Some(current.version());
        if let Some(object) = known.filter(is_current) {
            found.push(object);
            continue;
        }
        let namespace = reference.namespace.as_deref().unwrap_or_default();
        let api: Api<K> = Api::namespaced(client.clone(), namespace);
        if let Some(mut object) = api.get_opt(&reference.name).await? {
            object.meta_mut().managed_fields = None;
            found.push(object.clone());
            lock().insert(reference.clone(), object);
        }
    }
    Ok(found)
}

/// Shows which objects there are, not what they hold.
impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secrets = self.secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let config_maps = self
            .config_maps
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let names = secrets.keys().chain(config_maps.keys());
        f.debug_set()
            .entries(names.map(ObjectRef::to_string))
            .finish()
    }
}
