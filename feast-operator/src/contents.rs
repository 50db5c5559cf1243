//! Contents of Secrets and ConfigMaps that FeatureStores refer to, and of FeatureStores of other
//! operators.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use feast_render::ObjectRef;
use kube::Resource;

/// Objects that were read, cached until their version changes.
///
/// Only versions are watched. The operator keeps only those Secrets of a cluster that FeatureStores
/// refer to.
pub struct Contents<K>(Mutex<HashMap<ObjectRef, K>>);

impl<K: Resource + Clone> Contents<K> {
    /// The object at this version, if it is cached.
    pub fn at(&self, version: &str, object: &ObjectRef) -> Option<K> {
        let known = self.lock();
        let known = known.get(object)?;
        (known.meta().resource_version.as_deref() == Some(version)).then(|| known.clone())
    }

    /// Caches an object that was read, and returns it as cached.
    pub fn keep(&self, object: &ObjectRef, mut read: K) -> K {
        read.meta_mut().managed_fields = None;
        self.lock().insert(object.clone(), read.clone());
        read
    }
}

impl<K> Contents<K> {
    /// Forgets an object that is deleted or no longer referred to.
    pub fn forget(&self, object: &ObjectRef) {
        self.lock().remove(object);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ObjectRef, K>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K> Default for Contents<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// Shows which objects are cached, but not their contents.
impl<K> fmt::Debug for Contents<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.lock();
        let names = known.keys().map(ObjectRef::to_string);
        f.debug_set().entries(names).finish()
    }
}
