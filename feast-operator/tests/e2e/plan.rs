//! Whether the cluster has what a FeatureStore calls for.

use std::collections::BTreeSet;

use feast_api::v1::FeatureStore;
use feast_operator::MANAGER;
use feast_operator::drift::is_settled;
use feast_operator::observed::Observed;
use feast_operator::platform;
use feast_render::{
    Deviation, Inputs, Live, NAME_LABEL, Object, ObjectRef, Platform, Rendered, references, render,
};
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use kube::api::{Patch, PatchParams};
use kube::core::ApiResource;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::cluster::{Cluster, OPERATORS, cluster_wide};

impl Cluster {
    /// Whether there is just what a FeatureStore calls for, and its status says so.
    pub(crate) async fn is_planned(&self, name: &str) -> Result<Box<Rendered>, String> {
        // What is rendered is large, and the stack of a test is not.
        Box::pin(self.compare(&self.namespace, name)).await
    }

    /// The same in another namespace.
    pub(crate) async fn is_planned_in(
        &self,
        namespace: &str,
        name: &str,
    ) -> Result<Box<Rendered>, String> {
        Box::pin(self.compare(namespace, name)).await
    }

    async fn compare(&self, namespace: &str, name: &str) -> Result<Box<Rendered>, String> {
        let reference = ObjectRef::new::<FeatureStore>(Some(namespace), name);
        let store = self.feature_store(&reference).await?;
        let inputs = self.inputs(&store).await;
        let rendered = render(&store, &inputs).map_err(|error| format!("{name}: {error}"))?;
        let rendered = Box::new(rendered);
        if let Some(patch) = rendered.plan.patch().next() {
            return Err(format!("{name} calls for {patch:?}"));
        }
        for object in rendered.plan.apply() {
            self.is_applied(object).await?;
        }
        Box::pin(self.has_nothing_else(&store, inputs)).await?;
        if store.status.as_ref() != Some(&rendered.status) {
            let (found, wanted) = (&store.status, &rendered.status);
            return Err(format!("{name} says {found:#?} instead of {wanted:#?}"));
        }
        Ok(rendered)
    }

    /// A FeatureStore as it is stored.
    pub(crate) async fn feature_store(
        &self,
        store: &ObjectRef,
    ) -> Result<Box<FeatureStore>, String> {
        let found = self.get(store).await.ok_or_else(|| format!("no {store}"))?;
        Ok(Box::new(FeatureStore::from_value(found).unwrap()))
    }

    /// What rendering a FeatureStore is given, read from the server.
    pub(crate) async fn inputs(&self, store: &FeatureStore) -> Inputs {
        let wanted = references(store);
        let secrets = wanted.secrets.into_iter().map(|secret| secret.object);
        let shared = wanted.shared_config_maps.into_iter();
        let shared = shared.map(|name| ObjectRef::new::<ConfigMap>(Some(OPERATORS), name));
        let named: BTreeSet<_> = secrets
            .chain(wanted.config_maps)
            .chain(wanted.feature_stores)
            .chain(wanted.live)
            .chain(shared)
            .collect();
        let mut found = Vec::new();
        for object in &named {
            found.extend(self.get(object).await);
        }
        let namespace = store.metadata.namespace.as_deref();
        for (api_version, kind) in [
            ("v1", "Pod"),
            ("v1", "ServiceAccount"),
            ("rbac.authorization.k8s.io/v1", "Role"),
        ] {
            let kind = ObjectRef {
                namespace: namespace.map(str::to_owned),
                ..cluster_wide(api_version, kind, "")
            };
            found.extend(self.list(&kind, &wanted.selector).await);
        }
        let live = found
            .iter()
            .cloned()
            .try_fold(Live::default(), Live::with_value);
        self.settings
            .inputs(Platform::kubernetes())
            .into_builder()
            .secrets(of_kind("Secret", &found))
            .config_maps(of_kind("ConfigMap", &found))
            .feature_stores(of_kind(feast_api::KIND, &found))
            .live(live.unwrap())
            .build()
    }

    /// Whether an object is as planned, after what the server fills in: applying it again would
    /// change nothing, and the operator knows.
    async fn is_applied(&self, object: Object<'_>) -> Result<(), String> {
        let reference = object.reference();
        let wanted = object.to_value();
        let found = self.get(&reference).await;
        let found = found.ok_or_else(|| format!("no {reference}"))?;
        let observed: Observed = serde_json::from_value(found.clone()).unwrap();
        if !is_settled(&observed.value(&reference).unwrap(), &wanted) {
            return Err(format!("{found:#} is not {wanted:#}"));
        }
        let params = PatchParams {
            dry_run: true,
            ..PatchParams::apply(MANAGER).force()
        };
        let again = self
            .api(&reference)
            .patch(&reference.name, &params, &Patch::Apply(&wanted))
            .await
            .map_err(|error| format!("{reference}: {error}"))?;
        let mut again = serde_json::to_value(again).unwrap();
        let mut found = found;
        forget_times(&mut again);
        forget_times(&mut found);
        if again != found {
            return Err(format!("applied again, {found:#} becomes {again:#}"));
        }
        Ok(())
    }

    /// Whether nothing but what is called for is labelled with the FeatureStore's name.
    async fn has_nothing_else(&self, store: &FeatureStore, inputs: Inputs) -> Result<(), String> {
        // Without what is there, so that claims are called for again.
        let anew = inputs.into_builder().live(Live::default()).build();
        let rendered = render(store, &anew).map_err(|error| error.to_string())?;
        let wanted: BTreeSet<_> = rendered.plan.apply().map(Object::reference).collect();
        let namespace = store.metadata.namespace.as_deref().unwrap_or_default();
        let name = store.metadata.name.as_deref().unwrap_or_default();
        for found in self.labelled(namespace, name).await {
            if !wanted.contains(&found) {
                return Err(format!("{found} is left over"));
            }
        }
        Ok(())
    }

    /// Whether FeatureStores of a namespace have left nothing that nobody collects.
    pub(crate) async fn is_clean(&self, namespace: &str) -> Result<(), String> {
        let stores = ObjectRef::new::<FeatureStore>(Some(namespace), "");
        let mut left: Vec<_> = self.list(&stores, "").await;
        let deviations = self.settings.inputs(Platform::kubernetes()).deviations();
        if deviations.contains(Deviation::LeftoverClusterBindings) {
            left.extend(self.cluster_bindings(namespace, "").await);
        }
        if let Some(left) = left.first() {
            return Err(format!("{left:#} is left over"));
        }
        let discovery = ObjectRef::new::<ConfigMap>(Some(OPERATORS), "");
        for shared in self.list(&discovery, "").await {
            if shared["data"].to_string().contains(namespace) {
                return Err(format!("{shared:#} still knows {namespace}"));
            }
        }
        Ok(())
    }

    /// The objects with a FeatureStore's label.
    async fn labelled(&self, namespace: &str, name: &str) -> Vec<ObjectRef> {
        let selector = format!("{NAME_LABEL}={name}");
        let mut found = Vec::new();
        for kind in platform::namespaced(&Platform::kubernetes()) {
            let ApiResource {
                api_version, kind, ..
            } = kind;
            let kind = ObjectRef {
                namespace: Some(namespace.to_owned()),
                ..cluster_wide(&api_version, &kind, "")
            };
            let mut objects = self.list(&kind, &selector).await;
            // What pods may still use goes later.
            objects.retain(|object| object["metadata"]["deletionTimestamp"].is_null());
            found.extend(objects.iter().map(crate::cluster::reference));
        }
        let bindings = self.cluster_bindings(namespace, &selector).await;
        found.extend(bindings.iter().map(crate::cluster::reference));
        found
    }

    /// Rights of a namespace's accounts in the cluster as a whole.
    async fn cluster_bindings(&self, namespace: &str, selector: &str) -> Vec<Value> {
        let kind = ObjectRef::new::<ClusterRoleBinding>(None, "");
        let mut bindings = self.list(&kind, selector).await;
        bindings.retain(|binding| {
            let subjects = binding["subjects"].as_array().into_iter().flatten();
            subjects
                .into_iter()
                .any(|subject| subject["namespace"] == namespace)
        });
        bindings
    }

    /// Has the pods of the test run, as a node does.
    pub(crate) async fn run_pods(&self) {
        let pods = ObjectRef::new::<Pod>(Some(&self.namespace), "");
        let runs = Patch::Merge(json!({ "status": {
            "phase": "Running",
            "conditions": [{ "type": "Ready", "status": "True" }],
        } }));
        let (api, params) = (self.api(&pods), PatchParams::default());
        for pod in self.list(&pods, "").await {
            let name = pod["metadata"]["name"].as_str().unwrap_or_default();
            // One that is gone by now need not run.
            let _ = api.patch_status(name, &params, &runs).await;
        }
    }
}

/// Removes when fields were changed, which a change that is none may set.
fn forget_times(object: &mut Value) {
    let managed = object["metadata"]["managedFields"].as_array_mut();
    for entry in managed.into_iter().flatten() {
        entry["time"] = Value::Null;
    }
}

/// The objects of a kind, typed.
fn of_kind<T: DeserializeOwned>(kind: &str, objects: &[Value]) -> Vec<T> {
    let objects = objects.iter().filter(|object| object["kind"] == kind);
    let read = |object: &Value| serde_json::from_value(object.clone()).unwrap();
    objects.map(read).collect()
}
