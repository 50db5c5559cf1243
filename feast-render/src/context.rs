//! The common input of all objects of a FeatureStore, resolved once.

use std::collections::BTreeMap;

use feast_api::Admitted;
use feast_api::v1::{
    AutoscalingConfig, FeatureStore, FeatureStoreServices, FeatureStoreSpec, LineageServer,
    OidcAuthz, OpenLineageConsumer, ServiceHostnames,
};
use k8s_openapi::Resource;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};

use crate::changes::Change;
use crate::corrections::Correction;
use crate::defaults::{self, DATA_PATH};
use crate::documents::Facts;
use crate::inputs::Inputs;
use crate::names::{self, Names};
use crate::server::{Server, ServerType, pvc};

/// The common input of all objects of a FeatureStore.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) store: &'a Admitted,
    pub(crate) applied: &'a FeatureStoreSpec,
    pub(crate) services: &'a FeatureStoreServices,
    pub(crate) inputs: &'a Inputs,
    pub(crate) namespace: &'a str,
    pub(crate) names: Names<'a>,
    /// The servers that run, in order.
    pub(crate) servers: Vec<Server<'a>>,
    pub(crate) hostnames: &'a ServiceHostnames,
    /// Whether the cluster has a trusted CA bundle to mount.
    pub(crate) ca_bundle: bool,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        applied: &'a FeatureStoreSpec,
        hostnames: &'a ServiceHostnames,
        inputs: &'a Inputs,
    ) -> Self {
        let store = inputs.store();
        let bundle = inputs.config_map(names::CA_BUNDLE);
        Self {
            store,
            applied,
            services: applied
                .services
                .as_ref()
                .expect("defaults fill in the services"),
            inputs,
            namespace: store.namespace(),
            names: Names::of(store.name()).labelled(inputs.has(Change::ManagedByLabel)),
            servers: Server::all(applied),
            hostnames,
            ca_bundle: bundle.is_some_and(is_ca_bundle),
        }
    }

    /// Whether the release has a change.
    pub(crate) fn has(&self, change: Change) -> bool {
        self.inputs.has(change)
    }

    /// Whether a correction is enabled.
    pub(crate) fn corrects(&self, correction: Correction) -> bool {
        self.inputs.corrections().contains(correction)
    }

    pub(crate) fn openshift(&self) -> bool {
        self.inputs.platform().openshift
    }

    /// The input of the documents.
    pub(crate) fn facts(&self) -> Facts<'a> {
        Facts {
            name: self.store.name(),
            namespace: self.namespace,
            applied: self.applied,
            hostnames: self.hostnames,
            odh_ca_bundle: self.ca_bundle,
            inputs: self.inputs,
        }
    }

    pub(crate) fn server(&self, server_type: ServerType) -> Option<&Server<'a>> {
        self.servers
            .iter()
            .find(|server| server.kind == server_type)
    }

    pub(crate) fn consumer(&self) -> Option<&'a OpenLineageConsumer> {
        self.applied.lineage_consumer()
    }

    /// Whether the release has a separate lineage server.
    pub(crate) fn knows_lineage_server(&self) -> bool {
        self.inputs.settings().release.has_lineage_server()
    }

    pub(crate) fn lineage_server(&self) -> Option<&'a LineageServer> {
        self.applied.lineage_server()
    }

    pub(crate) fn oidc(&self) -> Option<&'a OidcAuthz> {
        self.applied.oidc()
    }

    pub(crate) fn autoscaling(&self) -> Option<&'a AutoscalingConfig> {
        self.applied.autoscaling()
    }

    pub(crate) fn scaling(&self) -> bool {
        self.applied.is_scaling()
    }

    /// Whether the FeatureStore is hidden from discovery.
    pub(crate) fn is_protected(&self) -> bool {
        if !self.has(Change::ProtectedProjects) {
            return false;
        }
        let annotations = self.store.metadata.annotations.as_ref();
        let value =
            annotations.and_then(|annotations| annotations.get(names::PROTECTED_ANNOTATION));
        value.is_some_and(|value| value == "true")
    }

    /// The image of init containers, also the default of the lineage server.
    pub(crate) fn init_image(&self) -> String {
        let given = self
            .services
            .init_image
            .as_deref()
            .filter(|image| !image.is_empty());
        given.map_or_else(
            || defaults::server_image(self.applied, self.inputs),
            str::to_owned,
        )
    }

    /// The working directory of init containers.
    pub(crate) fn root(&self) -> &'a str {
        pvc(self.services, ServerType::Offline).map_or(DATA_PATH, |pvc| &pvc.mount_path)
    }

    /// The target of `feast init` and `git clone`.
    pub(crate) fn project_path(&self) -> String {
        [self.root(), "/", &self.applied.feast_project].concat()
    }

    /// The path where init containers create the feature repository.
    pub(crate) fn made_repository_path(&self) -> String {
        let git = self
            .applied
            .feast_project_dir
            .as_ref()
            .and_then(|dir| dir.git.as_ref());
        let path = git.and_then(|git| git.feature_repo_path.as_deref());
        let path = path.unwrap_or("feature_repo");
        [&self.project_path(), "/", path].concat()
    }

    /// The path of the feature repository for the servers.
    pub(crate) fn repository_path(&self) -> String {
        match self.packaged_path() {
            Some(path) if !self.services.has_init_containers() => path.to_owned(),
            _ => self.made_repository_path(),
        }
    }

    /// The path of a packaged repository in the image.
    pub(crate) fn packaged_path(&self) -> Option<&'a str> {
        let packaged = self.applied.feast_project_dir.as_ref()?.packaged.as_ref()?;
        Some(&packaged.feature_repo_path)
    }

    /// Metadata of an object owned by the FeatureStore.
    pub(crate) fn metadata(
        &self,
        name: impl Into<String>,
        labels: BTreeMap<String, String>,
    ) -> ObjectMeta {
        ObjectMeta {
            name: Some(name.into()),
            namespace: Some(self.namespace.to_owned()),
            labels: Some(labels),
            owner_references: self.owner().map(|owner| vec![owner]),
            ..ObjectMeta::default()
        }
    }

    /// The FeatureStore as an owner. An API server rejects owners without a uid, so objects of a
    /// FeatureStore that is not stored yet have none.
    fn owner(&self) -> Option<OwnerReference> {
        Some(OwnerReference {
            api_version: FeatureStore::API_VERSION.to_owned(),
            kind: FeatureStore::KIND.to_owned(),
            name: self.store.name().to_owned(),
            uid: self.store.uid()?.to_owned(),
            controller: Some(true),
            block_owner_deletion: Some(true),
        })
    }
}

fn is_ca_bundle(config_map: &ConfigMap) -> bool {
    let (label, value) = names::CA_BUNDLE_LABEL;
    let labels = config_map.metadata.labels.as_ref();
    labels
        .and_then(|labels| labels.get(label))
        .is_some_and(|found| found == value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_ca_bundle_is_recognized_by_its_label() {
        let label = "config.openshift.io/inject-trusted-cabundle";
        for (labels, expected) in [
            (json!({label: "true"}), true),
            (json!({label: "false"}), false),
            (json!({"other": "true"}), false),
            (json!(null), false),
        ] {
            let metadata = json!({"metadata": {"labels": labels}});
            let config_map = serde_json::from_value(metadata).expect("a ConfigMap");
            assert_eq!(is_ca_bundle(&config_map), expected, "{labels}");
        }
    }
}
