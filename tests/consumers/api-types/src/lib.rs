//! The typed resource, with a Kubernetes release that the consumer selects.

use feast_api::v1::FeatureStore;

/// The replicas of a FeatureStore in JSON.
pub fn replicas(json: &[u8]) -> Result<i32, feast_api::ReadError> {
    Ok(FeatureStore::from_json(json)?.spec.replicas.unwrap_or(1))
}

#[cfg(test)]
mod tests {
    /// The CRD is the same for every release of Kubernetes.
    #[test]
    fn the_crd_does_not_depend_on_the_release() {
        let committed: serde_json::Value = serde_json::from_str(feast_api::crd::JSON).unwrap();
        assert_eq!(serde_json::to_value(feast_api::crd()).unwrap(), committed);
    }
}
