//! The only place that spells a name or a label.

use std::collections::BTreeMap;

/// Label of which FeatureStore an object belongs to; it selects the FeatureStore's pods.
pub const NAME_LABEL: &str = "feast.dev/name";
/// What an object serves.
pub(crate) const TYPE_LABEL: &str = "feast.dev/service-type";
const MANAGED_BY_LABEL: &str = "app.kubernetes.io/managed-by";
const MANAGER: &str = "feast-operator";
/// Label selector of everything that is rendered, whatever FeatureStore it belongs to.
pub const OBJECTS_SELECTOR: &str = "app.kubernetes.io/managed-by=feast-operator";
/// Label selector of the ClusterRoles that FeatureStores share, whoever installed them: Helm puts its
/// own name in place of the operator's.
pub const CLUSTER_ROLES_SELECTOR: &str = "feast.dev/service-type=authorization";

/// Value of [`TYPE_LABEL`] for what is no server.
pub(crate) mod types {
    pub(crate) const CLIENT: &str = "client";
    pub(crate) const CRON_JOB: &str = "cronjob";
    pub(crate) const AUTHORIZATION: &str = "authorization";
    pub(crate) const BATCH_ENGINE: &str = "batch-engine";
    pub(crate) const BATCH_DRIVER: &str = "batch-driver";
    pub(crate) const LINEAGE: &str = "lineage";
    /// The Secret that holds the documents.
    pub(crate) const STORE_YAML: &str = "feature-store-yaml";
}

/// Annotation of a FeatureStore that is kept out of discovery.
pub(crate) const PROTECTED_ANNOTATION: &str = "feast.dev/protected-project";
/// Asks OpenShift for a certificate; names the Secret that it goes to.
pub(crate) const SERVING_CERT_ANNOTATION: &str =
    "service.beta.openshift.io/serving-cert-secret-name";
/// Further host names of that certificate.
pub(crate) const SERVING_SANS_ANNOTATION: &str = "service.beta.openshift.io/serving-cert-sans";
/// Asks OpenShift for its certificate authority.
pub(crate) const INJECT_CA_ANNOTATION: &str = "service.beta.openshift.io/inject-cabundle";

/// Key of a document in a ConfigMap, and the name of its file.
pub(crate) const STORE_YAML_KEY: &str = "feature_store.yaml";
/// Key of the service document in the Secret of documents, in base64 as init containers expect it.
pub(crate) const SERVICE_KEY: &str = "service";
/// Key of the lineage document there, in base64.
pub(crate) const LINEAGE_KEY: &str = "lineage";
/// The cluster's bundle of trusted certificates.
pub(crate) const CA_BUNDLE: &str = "odh-trusted-ca-bundle";
/// Label and value of a ConfigMap that is such a bundle.
pub(crate) const CA_BUNDLE_LABEL: (&str, &str) =
    ("config.openshift.io/inject-trusted-cabundle", "true");

/// Shared by every FeatureStore with Kubernetes authorization.
pub(crate) const TOKEN_REVIEW_CLUSTER_ROLE: &str = "feast-token-review-cluster-role";
/// Shared by every FeatureStore with OIDC authorization.
pub(crate) const OIDC_CLUSTER_ROLE: &str = "feast-oidc-token-review";

/// Where the shared discovery ConfigMaps are, but on OpenShift.
pub(crate) const OPERATOR_NAMESPACE: &str = "feast-operator-system";
/// Discovery of client ConfigMaps.
pub(crate) const REGISTRY_DISCOVERY: &str = "feast-configs-registry";
/// Discovery of OpenLineage consumers.
pub(crate) const LINEAGE_DISCOVERY: &str = "feast-openlineage-config";

/// The ConfigMaps that all FeatureStores share, in the
/// [namespace of discovery](crate::OperatorSettings::discovery_namespace).
pub const DISCOVERY_CONFIG_MAPS: [&str; 2] = [REGISTRY_DISCOVERY, LINEAGE_DISCOVERY];

/// Who may read a discovery ConfigMap.
pub(crate) fn discovery_reader(config_map: &str) -> String {
    format!("{config_map}-reader")
}

/// The Secret of a Service's serving certificate.
pub(crate) fn serving_secret(service: &str) -> String {
    format!("{service}-tls")
}

/// A Service's name in the cluster's DNS.
pub(crate) fn service_host(service: &str, namespace: &str) -> String {
    format!("{service}.{namespace}.svc.cluster.local")
}

/// Labels of what belongs to no FeatureStore alone.
pub(crate) fn shared_labels(service_type: &str) -> BTreeMap<String, String> {
    labels([(MANAGED_BY_LABEL, MANAGER), (TYPE_LABEL, service_type)])
}

/// Labels of what all FeatureStores share.
pub(crate) fn common_labels() -> BTreeMap<String, String> {
    labels([(MANAGED_BY_LABEL, MANAGER)])
}

fn labels<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, String> {
    let owned = |(key, value): (&str, &str)| (key.to_owned(), value.to_owned());
    pairs.into_iter().map(owned).collect()
}

/// Begins the names of a FeatureStore's objects.
const PREFIX: &str = "feast-";

/// Names and labels of one FeatureStore's objects.
#[derive(Clone, Debug)]
pub(crate) struct Names<'a> {
    name: &'a str,
    feast: String,
    /// Objects say by a label who manages them.
    says_manager: bool,
}

impl<'a> Names<'a> {
    pub(crate) fn of(name: &'a str) -> Self {
        Self {
            name,
            feast: format!("{PREFIX}{name}"),
            says_manager: true,
        }
    }

    /// The same with or without the label of who manages an object.
    pub(crate) fn labelled(self, says_manager: bool) -> Self {
        Self {
            says_manager,
            ..self
        }
    }

    /// The name of the FeatureStore that calls for a client ConfigMap of this name.
    pub(crate) fn of_client(config_map: &str) -> Option<&str> {
        let client = config_map.strip_suffix(types::CLIENT)?.strip_suffix('-')?;
        client.strip_prefix(PREFIX)
    }

    /// The name of the Deployment, and of what else there is one of.
    pub(crate) fn feast(&self) -> &str {
        &self.feast
    }

    /// The name of what serves `service_type`.
    pub(crate) fn of_type(&self, service_type: &str) -> String {
        format!("{}-{service_type}", self.feast)
    }

    pub(crate) fn registry_rest(&self) -> String {
        self.of_type("registry-rest")
    }

    pub(crate) fn client_ca(&self) -> String {
        self.of_type("client-ca")
    }

    pub(crate) fn cron_job(&self) -> String {
        self.of_type(types::CRON_JOB)
    }

    /// Left by older releases of the reference.
    pub(crate) fn mlflow_integration(&self) -> String {
        self.of_type("mlflow-integration")
    }

    /// Binding of [`TOKEN_REVIEW_CLUSTER_ROLE`]; `namespace` tells FeatureStores of one name apart.
    pub(crate) fn cluster_binding(&self, namespace: Option<&str>) -> String {
        self.cluster_wide(namespace, "cluster-binding")
    }

    /// Binding of [`OIDC_CLUSTER_ROLE`].
    pub(crate) fn oidc_binding(&self, namespace: Option<&str>) -> String {
        self.cluster_wide(namespace, "oidc-token-review")
    }

    /// A colon is in no namespace and no FeatureStore's name, but may be in RBAC names.
    fn cluster_wide(&self, namespace: Option<&str>, what: &str) -> String {
        match namespace {
            Some(namespace) => format!("feast:{namespace}:{}:{what}", self.name),
            None => self.of_type(what),
        }
    }

    /// Selects the pods of the Deployment.
    pub(crate) fn selector(&self) -> BTreeMap<String, String> {
        labels([(NAME_LABEL, self.name)])
    }

    /// The selector as text.
    pub(crate) fn selector_text(&self) -> String {
        format!("{NAME_LABEL}={}", self.name)
    }

    pub(crate) fn labels(&self) -> BTreeMap<String, String> {
        let manager = (MANAGED_BY_LABEL, MANAGER);
        let manager = self.says_manager.then_some(manager);
        let own = [(NAME_LABEL, self.name)];
        labels(own.into_iter().chain(manager))
    }

    pub(crate) fn typed_labels(&self, service_type: &str) -> BTreeMap<String, String> {
        let mut labels = self.labels();
        labels.insert(TYPE_LABEL.to_owned(), service_type.to_owned());
        labels
    }

    /// Labels of the lineage server, which also select its pods. The name differs from the
    /// FeatureStore's, so that its Services do not select them.
    pub(crate) fn lineage_labels(&self) -> BTreeMap<String, String> {
        let name = format!("{}-{}", self.name, types::LINEAGE);
        Names::of(&name).typed_labels(types::LINEAGE)
    }

    /// Labels of a ServiceMonitor's target Service.
    pub(crate) fn typed_selector(&self, service_type: &str) -> BTreeMap<String, String> {
        labels([(NAME_LABEL, self.name), (TYPE_LABEL, service_type)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selector_is_the_label() {
        assert_eq!(OBJECTS_SELECTOR, format!("{MANAGED_BY_LABEL}={MANAGER}"));
        let shared = format!("{TYPE_LABEL}={}", types::AUTHORIZATION);
        assert_eq!(CLUSTER_ROLES_SELECTOR, shared);
    }
}
