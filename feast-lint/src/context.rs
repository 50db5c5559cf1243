//! The input of lint checks, prepared once.

use std::cell::OnceCell;

use apimachinery::FieldPath;
use feast_api::Admitted;
use feast_api::v1::{
    AutoscalingConfig, FeatureStoreServices, FeatureStoreSpec, GitCloneOptions, LineageServer,
    LocalRegistryConfig, OfflineStore, OnlineStore, OpenLineageConsumer, PvcConfig,
    RegistryFilePersistence,
};
use feast_render::{Correction, Error, ObjectRef, Rendered};
use k8s_openapi::Resource;
use k8s_openapi::api::core::v1::LocalObjectReference;
use serde_json::{Map, Value};

use crate::concerned::Target;
use crate::neighbours::{self, Neighbour, Registry};
use crate::options::Options;
use crate::refusals::Refused;
use crate::servers::Server;
use crate::subject::Subject;
use crate::upgrade::Step;

/// The input of lint checks.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) subject: Subject<'a>,
    pub(crate) options: &'a Options,
    /// The rendering, or the error.
    pub(crate) rendered: Result<&'a Rendered, &'a Error>,
    /// The running servers, including implied ones.
    pub(crate) servers: Vec<Server>,
    /// Errors of the API server about rendered objects.
    pub(crate) refused: Vec<Refused>,
    /// The effects of the upgrade's changes, if there is an upgrade.
    pub(crate) steps: Vec<Step>,
    /// See [`Context::json`].
    pub(crate) json: OnceCell<Value>,
    /// See [`Context::document`].
    pub(crate) document: OnceCell<Value>,
}

/// A database store with the parameters of its Secret, or a batch engine with those of its
/// ConfigMap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Store<'a> {
    /// Its block in `feature_store.yaml`.
    pub(crate) block: &'static str,
    /// Its path in the spec.
    pub(crate) place: &'static str,
    /// The field that refers to the source of its parameters.
    reference: &'static str,
    pub(crate) kind: &'a str,
    pub(crate) parameters: &'a Map<String, Value>,
}

impl Store<'_> {
    /// The source of its parameters.
    pub(crate) fn path(&self) -> FieldPath {
        FieldPath::of(self.place).field(self.reference)
    }

    /// The plural for messages: `stores` or `batch engines`.
    pub(crate) fn noun(&self) -> &'static str {
        if self.is_engine() {
            "batch engines"
        } else {
            "stores"
        }
    }

    /// The kind of the source: `Secret` or `ConfigMap`.
    pub(crate) fn source(&self) -> &'static str {
        if self.is_engine() {
            "ConfigMap"
        } else {
            "Secret"
        }
    }

    fn is_engine(&self) -> bool {
        self.block == BATCH_ENGINE
    }

    pub(crate) fn text(&self, parameter: &str) -> Option<&str> {
        self.parameters.get(parameter)?.as_str()
    }
}

const BATCH_ENGINE: &str = "batch_engine";

/// The blocks of stores in `feature_store.yaml`, the names of their types, their paths in the spec, and
/// their Secrets.
const STORES: [(&str, &str, &str, SecretOf); 3] = [
    (
        "registry",
        "registry_type",
        "spec.services.registry.local.persistence.store",
        |services| Some(&services.local_registry()?.database()?.secret_ref),
    ),
    (
        "offline_store",
        "type",
        "spec.services.offlineStore.persistence.store",
        |services| Some(&services.offline_store.as_ref()?.database()?.secret_ref),
    ),
    (
        "online_store",
        "type",
        "spec.services.onlineStore.persistence.store",
        |services| Some(&services.online_store.as_ref()?.database()?.secret_ref),
    ),
];

/// The reference to the Secret of a database store, if there is one.
type SecretOf = fn(&FeatureStoreServices) -> Option<&LocalObjectReference>;

impl<'a> Context<'a> {
    pub(crate) fn store(&self) -> &'a Admitted {
        self.subject.store()
    }

    /// The stored FeatureStore as JSON, made on the first call.
    pub(crate) fn json(&self) -> &Value {
        let make = || serde_json::to_value(&**self.store()).unwrap_or_default();
        self.json.get_or_init(make)
    }

    /// The servers' `feature_store.yaml` as JSON, read on the first call; null if there is none.
    pub(crate) fn document(&self) -> &Value {
        self.document.get_or_init(|| {
            let rendered = self.rendered.ok();
            let read = |rendered: &Rendered| go_yaml::to_value(rendered.documents.service.yaml());
            rendered
                .and_then(|rendered| read(rendered).ok())
                .unwrap_or_default()
        })
    }

    pub(crate) fn name(&self) -> &'a str {
        self.store().name()
    }

    pub(crate) fn namespace(&self) -> &'a str {
        self.store().namespace()
    }

    pub(crate) fn spec(&self) -> &'a FeatureStoreSpec {
        &self.store().spec
    }

    pub(crate) fn services(&self) -> Option<&'a FeatureStoreServices> {
        self.spec().services.as_ref()
    }

    pub(crate) fn autoscaling(&self) -> Option<&'a AutoscalingConfig> {
        self.spec().autoscaling()
    }

    pub(crate) fn replicas(&self) -> i32 {
        self.spec().replicas.unwrap_or(1)
    }

    /// Whether it has, or can scale to, more than one replica.
    pub(crate) fn is_scaling(&self) -> bool {
        self.spec().is_scaling()
    }

    /// Minimum and maximum replicas.
    pub(crate) fn bounds(&self) -> (i32, i32) {
        match self.autoscaling() {
            Some(autoscaling) => (
                autoscaling.min_replicas.unwrap_or(1),
                autoscaling.max_replicas,
            ),
            None => (self.replicas(), self.replicas()),
        }
    }

    /// The path of the scaling setting.
    pub(crate) fn scaling_path(&self) -> FieldPath {
        match self.autoscaling() {
            Some(_) => FieldPath::of("spec.services.scaling.autoscaling"),
            None => FieldPath::of("spec.replicas"),
        }
    }

    /// The location of its registry.
    pub(crate) fn registry(&self) -> Registry {
        Registry::of(self.services(), self.namespace(), self.name())
    }

    /// The port of its registry's Service, if it serves the registry over gRPC.
    pub(crate) fn registry_port(&self) -> Option<u16> {
        neighbours::registry_port(self.services())
    }

    /// Whether every pod start applies its feature repository.
    pub(crate) fn applies_at_start(&self) -> bool {
        neighbours::applies_at_start(self.services())
    }

    /// Another FeatureStore of the input.
    pub(crate) fn neighbour(&self, namespace: &str, name: &str) -> Option<&'a Neighbour> {
        let mut neighbours = self.subject.neighbours.iter().copied();
        neighbours.find(|other| (other.namespace(), other.name()) == (namespace, name))
    }

    pub(crate) fn consumer(&self) -> Option<&'a OpenLineageConsumer> {
        self.spec().lineage_consumer()
    }

    pub(crate) fn lineage_server(&self) -> Option<&'a LineageServer> {
        self.spec().lineage_server()
    }

    pub(crate) fn git(&self) -> Option<&'a GitCloneOptions> {
        self.spec().feast_project_dir.as_ref()?.git.as_ref()
    }

    /// The registry's file, if the spec has one.
    pub(crate) fn registry_file(&self) -> Option<&'a RegistryFilePersistence> {
        self.services()?.local_registry()?.file()
    }

    /// The database stores whose parameters are known.
    pub(crate) fn stores(&self) -> impl Iterator<Item = Store<'_>> {
        STORES
            .into_iter()
            .filter_map(|(block, type_key, place, secret)| {
                let secret = secret(self.services()?)?;
                // Without the Secret, the rendering has no usable parameters.
                self.subject.inputs.secret(&secret.name)?;
                let parameters = self.document().get(block)?.as_object()?;
                Some(Store {
                    block,
                    place,
                    reference: "secretRef",
                    kind: parameters.get(type_key)?.as_str()?,
                    parameters,
                })
            })
    }

    /// The batch engine, if its parameters are known.
    pub(crate) fn engine(&self) -> Option<Store<'_>> {
        let reference = self.spec().batch_engine.as_ref()?.config_map_ref.as_ref()?;
        let inputs = self.subject.inputs;
        inputs.config_map(&reference.name)?;
        let parameters = self.document().get(BATCH_ENGINE)?.as_object()?;
        Some(Store {
            block: BATCH_ENGINE,
            place: "spec.batchEngine",
            reference: "configMapRef",
            kind: parameters.get("type")?.as_str()?,
            parameters,
        })
    }

    /// The stores and batch engine whose parameters are known.
    pub(crate) fn configured(&self) -> impl Iterator<Item = Store<'_>> {
        self.stores().chain(self.engine())
    }

    /// The keys of a Secret or ConfigMap in the FeatureStore's namespace, if it is in the input.
    pub(crate) fn has<K: Resource>(&self, name: &str) -> bool {
        let object = ObjectRef::new::<K>(Some(self.namespace()), name);
        self.subject.has_key(&object, "").is_some()
    }

    /// Whether the pods have init containers.
    pub(crate) fn has_init_containers(&self) -> bool {
        let services = self.services();
        services.is_none_or(FeatureStoreServices::has_init_containers)
    }

    /// Whether the operator applies a correction.
    pub(crate) fn corrects(&self, correction: Correction) -> bool {
        self.subject.inputs.corrections().contains(correction)
    }

    /// The stores' volume claims, with their paths.
    pub(crate) fn claims(&self) -> Vec<(FieldPath, &'a PvcConfig)> {
        self.services().map(claims).unwrap_or_default()
    }

    /// Objects in the input that scale this FeatureStore or its Deployment.
    pub(crate) fn scalers(&self) -> Vec<Scaler<'a>> {
        let others = self.subject.others.iter();
        others
            .copied()
            .filter_map(|object| Scaler::of(object, self))
            .collect()
    }
}

/// The stores' volume claims, with their paths.
pub(crate) fn claims(services: &FeatureStoreServices) -> Vec<(FieldPath, &PvcConfig)> {
    let registry = services.local_registry().and_then(LocalRegistryConfig::pvc);
    let offline = services.offline_store.as_ref().and_then(OfflineStore::pvc);
    let online = services.online_store.as_ref().and_then(OnlineStore::pvc);
    let mut all = Vec::new();
    for (place, claim) in [
        (
            "spec.services.registry.local.persistence.file.pvc",
            registry,
        ),
        ("spec.services.offlineStore.persistence.file.pvc", offline),
        ("spec.services.onlineStore.persistence.file.pvc", online),
    ] {
        all.extend(claim.map(|claim| (FieldPath::of(place), claim)));
    }
    all
}

/// An autoscaler in the input, other than the operator's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scaler<'a> {
    pub(crate) object: &'a Value,
    /// Whether it targets the Deployment instead of the FeatureStore.
    pub(crate) targets_deployment: bool,
}

impl<'a> Scaler<'a> {
    fn of(object: &'a Value, cx: &Context<'_>) -> Option<Self> {
        let is_scaler = matches!(
            object["kind"].as_str(),
            Some("ScaledObject" | "HorizontalPodAutoscaler")
        );
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        if !is_scaler || !(namespace.is_empty() || namespace == cx.namespace()) {
            return None;
        }
        let target = Target::of(object).filter(|target| target.store == cx.name())?;
        Some(Self {
            object,
            targets_deployment: target.is_deployment,
        })
    }

    /// `ScaledObject` or `HorizontalPodAutoscaler`, and its name.
    pub(crate) fn title(self) -> String {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (kind, name) = (&self.object["kind"], &self.object["metadata"]["name"]);
        format!("{} `{}`", text(kind), text(name))
    }

    pub(crate) fn is_keda(self) -> bool {
        self.object["kind"] == "ScaledObject"
    }

    /// Minimum replicas, including idle ones.
    pub(crate) fn minimum(self) -> i64 {
        let spec = &self.object["spec"];
        if !self.is_keda() {
            return spec["minReplicas"].as_i64().unwrap_or(1);
        }
        let minimum = spec["minReplicaCount"].as_i64().unwrap_or(0);
        let idle = spec["idleReplicaCount"].as_i64();
        idle.map_or(minimum, |idle| idle.min(minimum))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Config, Subject, check};
    use feast_api::Admitted;
    use feast_api::v1::FeatureStore;
    use feast_render::{Answer, Inputs, OperatorSettings, Time, Wanted, render, resolve};
    use k8s_openapi::api::core::v1::Secret;
    use k8s_openapi::jiff::Timestamp;
    use serde_json::json;

    #[test]
    fn parameters_of_an_unknown_secret_are_not_checked() {
        let store = FeatureStore::from_value(json!({
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": { "name": "a", "namespace": "ml" },
            "spec": {
                "feastProject": "x",
                "services": { "onlineStore": { "persistence": { "store": {
                    "type": "postgres", "secretRef": { "name": "stores" },
                } } } },
            },
        }))
        .unwrap();
        let placeholder: Secret = serde_json::from_value(json!({
            "metadata": { "name": "stores", "namespace": "ml" },
            "data": { "postgres": "cGF0aDogdW5rbm93bg==" },
        }))
        .unwrap();
        let store = Admitted::assume(store).unwrap();
        let inputs = |lookup: &dyn Fn(&Wanted) -> Answer| {
            let settings = OperatorSettings::reference();
            let now = Time(Timestamp::UNIX_EPOCH);
            resolve(store.clone(), &settings, &now, lookup).unwrap()
        };
        let filled = inputs(&|wanted| match wanted {
            Wanted::Secret(_) => Answer::found(placeholder.clone()),
            _ => Answer::Absent,
        });
        let rendered = render(&filled).unwrap();
        let found = |inputs: &Inputs| {
            let subject = Subject::new(inputs).rendered(Ok(&rendered));
            let findings = check(&subject, &Config::default()).findings;
            let names = findings.iter().map(|finding| finding.lint.name);
            names
                .filter(|name| name.ends_with("-store-parameter"))
                .count()
        };
        assert_eq!(found(&inputs(&|_| Answer::Absent)), 0);
        assert!(found(&filled) > 0);
    }
}
