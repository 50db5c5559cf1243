//! Requests to a cluster.

use std::fmt;

use feast_render::ObjectRef;
use kube::core::{ApiResource, GroupVersionKind};

/// A request to the API server: for one object, or for all of a kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Asked {
    /// Such as `get`.
    pub(crate) verb: &'static str,
    /// The RBAC name of the kind, such as `featurestores.feast.dev`.
    pub(crate) resource: String,
    /// `None` for all namespaces, or for cluster-scoped objects.
    pub(crate) namespace: Option<String>,
    /// `None` for all objects.
    pub(crate) name: Option<String>,
}

impl Asked {
    pub(crate) fn new(verb: &'static str, kind: &ApiResource) -> Self {
        let ApiResource { plural, group, .. } = kind;
        Self {
            verb,
            resource: match group.as_str() {
                "" => plural.clone(),
                group => format!("{plural}.{group}"),
            },
            namespace: None,
            name: None,
        }
    }

    pub(crate) fn within(self, namespace: Option<&str>) -> Self {
        Self {
            namespace: namespace.map(str::to_owned),
            ..self
        }
    }

    pub(crate) fn named(self, name: &str) -> Self {
        Self {
            name: Some(name.to_owned()),
            ..self
        }
    }

    /// The permission it needs: the same without the object's name.
    pub(crate) fn right(&self) -> Self {
        Self {
            name: None,
            ..self.clone()
        }
    }

    /// The object's location.
    pub(super) fn place(&self) -> String {
        let name = self.name.as_deref().unwrap_or_default();
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{name}"),
            None => name.to_owned(),
        }
    }

    /// The requested object.
    pub(super) fn object(&self) -> String {
        let Self { resource, .. } = self;
        match &self.name {
            Some(_) => format!("{} among {resource}", self.place()),
            None => resource.clone(),
        }
    }
}

/// As in "you may not get secrets in namespace ml".
impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.verb, self.resource)?;
        match (&self.namespace, &self.name) {
            (Some(namespace), _) => write!(f, " in namespace {namespace}"),
            (None, None) if self.verb == "list" => f.write_str(" in the whole cluster"),
            (None, _) => Ok(()),
        }
    }
}

/// The resource of a kind; all kinds here have regular plurals.
pub(crate) fn resource(api_version: &str, kind: &str) -> ApiResource {
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, kind))
}

/// The resource of an object.
pub(crate) fn resource_of(object: &ObjectRef) -> ApiResource {
    resource(&object.api_version, &object.kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_have_their_rbac_names() {
        for (api_version, kind, expected) in [
            ("feast.dev/v1", "FeatureStore", "featurestores.feast.dev"),
            ("v1", "Secret", "secrets"),
            (
                "mlflow.opendatahub.io/v1",
                "MLflow",
                "mlflows.mlflow.opendatahub.io",
            ),
            (
                "networking.k8s.io/v1",
                "NetworkPolicy",
                "networkpolicies.networking.k8s.io",
            ),
            (
                "policy/v1",
                "PodDisruptionBudget",
                "poddisruptionbudgets.policy",
            ),
        ] {
            let asked = Asked::new("get", &resource(api_version, kind));
            assert_eq!(asked.resource, expected);
        }
        let list = Asked::new("list", &resource("v1", "Secret"));
        assert_eq!(list.to_string(), "list secrets in the whole cluster");
        let list = list.within(Some("ml"));
        assert_eq!(list.to_string(), "list secrets in namespace ml");
    }
}
