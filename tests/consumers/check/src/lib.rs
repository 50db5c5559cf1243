//! Manifests alone.

use feast_check::gather::Gathered;
use feast_check::manifest;

/// How many FeatureStores a text has, and whether what they refer to can be read.
pub fn feature_stores(text: &str) -> (usize, bool) {
    let documents = manifest::read(text);
    let objects: Vec<_> = documents.iter().flatten().collect();
    let (_, unreadable) = Gathered::of(objects.iter().copied());
    let stores = objects.iter().filter(|object| object.is_feature_store());
    (stores.count(), unreadable.is_empty())
}
