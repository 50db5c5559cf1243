//! Defines all names and labels.

use std::collections::BTreeMap;

/// Label with the name of an object's FeatureStore; it selects the FeatureStore's pods.
pub const NAME_LABEL: &str = "feast.dev/name";
/// Label with the server type of an object.
pub(crate) const TYPE_LABEL: &str = "feast.dev/service-type";
const MANAGED_BY_LABEL: &str = "app.kubernetes.io/managed-by";
const MANAGER: &str = "feast-operator";
/// Label selector of all rendered objects, of any FeatureStore.
pub const OBJECTS_SELECTOR: &str = "app.kubernetes.io/managed-by=feast-operator";
/// Label selector of the shared ClusterRoles, regardless of who installed them: Helm replaces the
/// operator's name with its own.
pub const CLUSTER_ROLES_SELECTOR: &str = "feast.dev/service-type=authorization";

/// Values of [`TYPE_LABEL`] for objects that do not belong to one server.
pub(crate) mod types {
    pub(crate) const CLIENT: &str = "client";
    pub(crate) const CRON_JOB: &str = "cronjob";
    pub(crate) const AUTHORIZATION: &str = "authorization";
    pub(crate) const BATCH_ENGINE: &str = "batch-engine";
    pub(crate) const BATCH_DRIVER: &str = "batch-driver";
    pub(crate) const LINEAGE: &str = "lineage";
    /// The Secret with the documents.
    pub(crate) const STORE_YAML: &str = "feature-store-yaml";
}

/// Annotation that hides a FeatureStore from discovery.
pub(crate) const PROTECTED_ANNOTATION: &str = "feast.dev/protected-project";
/// Annotation that requests a certificate from OpenShift; its value is the Secret's name.
pub(crate) const SERVING_CERT_ANNOTATION: &str =
    "service.beta.openshift.io/serving-cert-secret-name";
/// Annotation with further host names of that certificate.
pub(crate) const SERVING_SANS_ANNOTATION: &str = "service.beta.openshift.io/serving-cert-sans";
/// Annotation that requests OpenShift's CA.
pub(crate) const INJECT_CA_ANNOTATION: &str = "service.beta.openshift.io/inject-cabundle";

/// Key of a document in a ConfigMap, and its file name.
pub(crate) const STORE_YAML_KEY: &str = "feature_store.yaml";
/// Key of the service document in the documents' Secret, base64-encoded as init containers expect
/// it.
pub(crate) const SERVICE_KEY: &str = "service";
/// Key of the lineage document, base64-encoded.
pub(crate) const LINEAGE_KEY: &str = "lineage";
/// The cluster's trusted CA bundle.
pub(crate) const CA_BUNDLE: &str = "odh-trusted-ca-bundle";
/// Label and value of a ConfigMap with such a bundle.
pub(crate) const CA_BUNDLE_LABEL: (&str, &str) =
    ("config.openshift.io/inject-trusted-cabundle", "true");

/// ClusterRole shared by all FeatureStores with Kubernetes authorization.
pub(crate) const TOKEN_REVIEW_CLUSTER_ROLE: &str = "feast-token-review-cluster-role";
/// ClusterRole shared by all FeatureStores with OIDC authorization.
pub(crate) const OIDC_CLUSTER_ROLE: &str = "feast-oidc-token-review";

/// Namespace of the shared discovery ConfigMaps, except on OpenShift.
pub(crate) const OPERATOR_NAMESPACE: &str = "feast-operator-system";
/// ConfigMap for the discovery of client ConfigMaps.
pub(crate) const REGISTRY_DISCOVERY: &str = "feast-configs-registry";
/// ConfigMap for the discovery of OpenLineage consumers.
pub(crate) const LINEAGE_DISCOVERY: &str = "feast-openlineage-config";

/// The shared ConfigMaps, in the [discovery
/// namespace](crate::OperatorSettings::discovery_namespace).
pub const DISCOVERY_CONFIG_MAPS: [&str; 2] = [REGISTRY_DISCOVERY, LINEAGE_DISCOVERY];

/// The Role for readers of a discovery ConfigMap.
pub(crate) fn discovery_reader(config_map: &str) -> String {
    [config_map, "-reader"].concat()
}

/// The Secret of a Service's serving certificate.
pub(crate) fn serving_secret(service: &str) -> String {
    [service, "-tls"].concat()
}

/// A Service's DNS name in the cluster.
pub(crate) fn service_host(service: &str, namespace: &str) -> String {
    [service, ".", namespace, ".svc.cluster.local"].concat()
}

/// Labels of objects that do not belong to one FeatureStore.
pub(crate) fn shared_labels(service_type: &str) -> BTreeMap<String, String> {
    labels([(MANAGED_BY_LABEL, MANAGER), (TYPE_LABEL, service_type)])
}

/// Labels of shared objects.
pub(crate) fn common_labels() -> BTreeMap<String, String> {
    labels([(MANAGED_BY_LABEL, MANAGER)])
}

fn labels<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> BTreeMap<String, String> {
    // For a few labels faster than collecting, which sorts them first.
    let mut labels = BTreeMap::new();
    for (key, value) in pairs {
        labels.insert(key.to_owned(), value.to_owned());
    }
    labels
}

/// Prefix of a FeatureStore's object names.
const PREFIX: &str = "feast-";

/// Names and labels of one FeatureStore's objects.
#[derive(Clone, Debug)]
pub(crate) struct Names<'a> {
    name: &'a str,
    feast: String,
    /// Whether objects have the label with their manager.
    says_manager: bool,
}

impl<'a> Names<'a> {
    pub(crate) fn of(name: &'a str) -> Self {
        Self {
            name,
            feast: [PREFIX, name].concat(),
            says_manager: true,
        }
    }

    /// Adds or removes the manager's label.
    pub(crate) fn labelled(self, says_manager: bool) -> Self {
        Self {
            says_manager,
            ..self
        }
    }

    /// The name of the FeatureStore with a client ConfigMap of this name.
    pub(crate) fn of_client(config_map: &str) -> Option<&str> {
        let client = config_map.strip_suffix(types::CLIENT)?.strip_suffix('-')?;
        client.strip_prefix(PREFIX)
    }

    /// The name of the Deployment and of other objects that exist once.
    pub(crate) fn feast(&self) -> &str {
        &self.feast
    }

    /// The name of the objects for `service_type`.
    pub(crate) fn of_type(&self, service_type: &str) -> String {
        [&self.feast, "-", service_type].concat()
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

    /// An object of older releases of the reference.
    pub(crate) fn mlflow_integration(&self) -> String {
        self.of_type("mlflow-integration")
    }

    /// The binding of [`TOKEN_REVIEW_CLUSTER_ROLE`]; `namespace` distinguishes FeatureStores of the
    /// same name.
    pub(crate) fn cluster_binding(&self, namespace: Option<&str>) -> String {
        self.cluster_wide(namespace, "cluster-binding")
    }

    /// The binding of [`OIDC_CLUSTER_ROLE`].
    pub(crate) fn oidc_binding(&self, namespace: Option<&str>) -> String {
        self.cluster_wide(namespace, "oidc-token-review")
    }

    /// Names of namespaces and FeatureStores cannot contain a colon, but RBAC names can.
    fn cluster_wide(&self, namespace: Option<&str>, what: &str) -> String {
        match namespace {
            Some(namespace) => format!("feast:{namespace}:{}:{what}", self.name),
            None => self.of_type(what),
        }
    }

    /// Selector of the Deployment's pods.
    pub(crate) fn selector(&self) -> BTreeMap<String, String> {
        labels([(NAME_LABEL, self.name)])
    }

    /// The selector as text.
    pub(crate) fn selector_text(&self) -> String {
        [NAME_LABEL, "=", self.name].concat()
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

    /// Labels of the lineage server, which also select its pods. Its name label differs from the
    /// FeatureStore's, so that the FeatureStore's Services do not select its pods.
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
