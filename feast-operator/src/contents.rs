//! What Secrets and ConfigMaps hold that FeatureStores refer to.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

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
    /// The Secret, if it exists.
    ///
    /// # Errors
    ///
    /// The API server does not answer.
    pub async fn secret(
        &self,
        client: &Client,
        versions: &Cache,
        wanted: &ObjectRef,
    ) -> Result<Option<Secret>, kube::Error> {
        fetch(&self.secrets, client, versions, wanted).await
    }

    /// Forgets what an object holds that nobody refers to any more.
    pub fn forget(&self, object: &ObjectRef) {
        lock(&self.secrets).remove(object);
        lock(&self.config_maps).remove(object);
    }

    /// The ConfigMap, if it exists.
    ///
    /// # Errors
    ///
    /// The API server does not answer.
    pub async fn config_map(
        &self,
        client: &Client,
        versions: &Cache,
        wanted: &ObjectRef,
    ) -> Result<Option<ConfigMap>, kube::Error> {
        fetch(&self.config_maps, client, versions, wanted).await
    }
}

async fn fetch<K>(
    known: &Mutex<HashMap<ObjectRef, K>>,
    client: &Client,
    versions: &Cache,
    wanted: &ObjectRef,
) -> Result<Option<K>, kube::Error>
where
    K: Resource<DynamicType = (), Scope = NamespaceResourceScope>,
    K: Clone + DeserializeOwned + fmt::Debug,
{
    let Some(current) = versions.get(wanted) else {
        lock(known).remove(wanted);
        return Ok(None);
    };
    let cached = lock(known).get(wanted).cloned();
    let is_current =
        |object: &K| object.meta().resource_version.as_deref() == Some(current.version());
    if let Some(object) = cached.filter(is_current) {
        return Ok(Some(object));
    }
    let namespace = wanted.namespace.as_deref().unwrap_or_default();
    let api: Api<K> = Api::namespaced(client.clone(), namespace);
    let Some(mut object) = api.get_opt(&wanted.name).await? else {
        return Ok(None);
    };
    object.meta_mut().managed_fields = None;
    lock(known).insert(wanted.clone(), object.clone());
    Ok(Some(object))
}

fn lock<K>(known: &Mutex<HashMap<ObjectRef, K>>) -> MutexGuard<'_, HashMap<ObjectRef, K>> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows which objects there are, not what they hold.
impl fmt::Debug for Contents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (secrets, config_maps) = (lock(&self.secrets), lock(&self.config_maps));
        let names = secrets.keys().chain(config_maps.keys());
        f.debug_set()
            .entries(names.map(ObjectRef::to_string))
            .finish()
    }
}
