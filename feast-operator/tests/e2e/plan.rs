//! Whether the cluster matches a FeatureStore.

use std::collections::BTreeSet;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_operator::MANAGER;
use feast_operator::dereference::now;
use feast_operator::observed::Observed;
use feast_operator::platform;
use feast_operator::report::told;
use feast_render::drift::{is_installed, is_settled};
use feast_render::{
    Correction, Inputs, NAME_LABEL, Object, ObjectRef, Platform, Rendered, Resolution, Wanted,
    render,
};
use k8s_openapi::api::core::v1::{ConfigMap, Pod};
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use kube::api::{Patch, PatchParams};
use kube::core::ApiResource;
use serde_json::{Value, json};

use crate::cluster::{Cluster, OPERATORS, cluster_wide};

impl Cluster {
    /// Whether the cluster has exactly a FeatureStore's objects, and its status reports that.
    pub(crate) async fn is_planned(&self, name: &str) -> Result<Box<Rendered>, String> {
        // Renderings are large, and the stack of a test is small.
        Box::pin(self.compare(&self.namespace, name)).await
    }

    /// Like [`is_planned`](Self::is_planned), in another namespace.
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
        let inputs = self.inputs(store.clone()).await;
        let rendered = render(&inputs).map_err(|error| format!("{name}: {error}"))?;
        let rendered = Box::new(rendered);
        if let Some(patch) = rendered.plan.patch().next() {
            return Err(format!("{name} calls for {patch:?}"));
        }
        for object in rendered.plan.apply() {
            self.is_applied(object).await?;
        }
        Box::pin(self.has_nothing_else(&store)).await?;
        let wanted = &told(&rendered.status, store.metadata.generation);
        if store.status.as_ref() != Some(wanted) {
            let found = &store.status;
            return Err(format!("{name} says {found:#?} instead of {wanted:#?}"));
        }
        Ok(rendered)
    }

    /// A FeatureStore as it is stored.
    pub(crate) async fn feature_store(&self, store: &ObjectRef) -> Result<Admitted, String> {
        let found = self.get(store).await.ok_or_else(|| format!("no {store}"))?;
        Ok(Admitted::assume(FeatureStore::from_value(found).unwrap()).unwrap())
    }

    /// The rendering inputs of a FeatureStore, read from the server.
    pub(crate) async fn inputs(&self, store: Admitted) -> Inputs {
        self.resolve(store, |_| true).await
    }

    /// Like [`inputs`](Self::inputs); look-ups that are not allowed find nothing.
    async fn resolve(&self, store: Admitted, looked_at: fn(&Wanted) -> bool) -> Inputs {
        let settings = self.settings.duties.operator(Platform::kubernetes());
        let mut resolution = Resolution::begin(store, &settings, &now());
        loop {
            let round = match resolution {
                Resolution::Resolved(inputs) => return *inputs,
                Resolution::Asking(round) => round,
            };
            let mut answers = Vec::new();
            for wanted in round.wanted() {
                let found = if looked_at(wanted) {
                    self.look_up(wanted).await
                } else {
                    vec![]
                };
                answers.push(wanted.read(found).unwrap());
            }
            resolution = round.answer(answers).unwrap();
        }
    }

    async fn look_up(&self, wanted: &Wanted) -> Vec<Value> {
        match wanted {
            Wanted::Labelled(selection) => {
                let kind = ObjectRef {
                    namespace: Some(selection.namespace.clone()),
                    ..cluster_wide(&selection.api_version, &selection.kind, "")
                };
                self.list(&kind, &selection.selector()).await
            }
            // The test's server lacks this API.
            Wanted::MlflowServers => vec![],
            _ => match wanted.object() {
                Some(object) => self.get(object).await.into_iter().collect(),
                None => vec![],
            },
        }
    }

    /// Whether an object is as planned, except for the server's defaults: applying it again would
    /// change nothing, and the operator knows that.
    async fn is_applied(&self, object: Object<'_>) -> Result<(), String> {
        let reference = object.reference();
        let wanted = object.to_value();
        let found = self.get(&reference).await;
        let found = found.ok_or_else(|| format!("no {reference}"))?;
        let observed: Observed = serde_json::from_value(found.clone()).unwrap();
        if !is_settled(&observed.value(&reference).unwrap(), &wanted) {
            return Err(format!("{found:#} is not {wanted:#}"));
        }
        if is_installed(&wanted) {
            // The operator may not apply it, and the test must not become a manager of it.
            return Ok(());
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

    /// Whether all objects with the FeatureStore's label are needed.
    async fn has_nothing_else(&self, store: &Admitted) -> Result<(), String> {
        // Without existing objects, so that claims are needed again.
        let anew = self
            .resolve(store.clone(), |wanted| !wanted.is_live())
            .await;
        let rendered = render(&anew).map_err(|error| error.to_string())?;
        let wanted: BTreeSet<_> = rendered.plan.apply().map(Object::reference).collect();
        for found in self.labelled(store.namespace(), store.name()).await {
            if !wanted.contains(&found) {
                return Err(format!("{found} is left over"));
            }
        }
        Ok(())
    }

    /// Whether the FeatureStores of a namespace have left no objects behind.
    pub(crate) async fn is_clean(&self, namespace: &str) -> Result<(), String> {
        let stores = ObjectRef::new::<FeatureStore>(Some(namespace), "");
        let mut left: Vec<_> = self.list(&stores, "").await;
        let corrections = self
            .settings
            .duties
            .operator(Platform::kubernetes())
            .corrections;
        if corrections.contains(Correction::LeftoverClusterBindings) {
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
            // Objects that pods may still use are deleted later.
            objects.retain(|object| object["metadata"]["deletionTimestamp"].is_null());
            found.extend(objects.iter().map(crate::cluster::reference));
        }
        let bindings = self.cluster_bindings(namespace, &selector).await;
        found.extend(bindings.iter().map(crate::cluster::reference));
        found
    }

    /// Cluster-wide bindings of a namespace's ServiceAccounts.
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

    /// Marks the test's pods as running, like a node does.
    pub(crate) async fn run_pods(&self) {
        let pods = ObjectRef::new::<Pod>(Some(&self.namespace), "");
        let (api, params) = (self.api(&pods), PatchParams::default());
        for pod in self.list(&pods, "").await {
            let name = pod["metadata"]["name"].as_str().unwrap_or_default();
            let runs = Patch::Merge(json!({ "status": {
                "phase": "Running",
                "startTime": pod["metadata"]["creationTimestamp"],
                "conditions": [{ "type": "Ready", "status": "True" }],
            } }));
            // A pod that is already gone need not run.
            let _ = api.patch_status(name, &params, &runs).await;
        }
    }
}

/// Removes the times of field changes, which a no-op change may set.
fn forget_times(object: &mut Value) {
    let managed = object["metadata"]["managedFields"].as_array_mut();
    for entry in managed.into_iter().flatten() {
        entry["time"] = Value::Null;
    }
}
