//! Autoscalers, as Kubernetes and KEDA read them.

use feast_render::ObjectRef;
use serde_json::Value;

/// An autoscaler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scaler {
    pub(crate) object: ObjectRef,
    /// The scaled object.
    pub(crate) target: ObjectRef,
}

impl Scaler {
    /// The autoscaler, if the object is one. `namespace` is the one for objects that set none.
    pub(crate) fn of(object: &Value, namespace: &str) -> Option<Self> {
        let default = match object["kind"].as_str()? {
            "HorizontalPodAutoscaler" => None,
            // KEDA's defaults.
            "ScaledObject" => Some(("apps/v1", "Deployment")),
            _ => return None,
        };
        let mut scaler = ObjectRef::of_value(object)?;
        let namespace = scaler.namespace.get_or_insert_with(|| namespace.to_owned());
        let target = object.pointer("/spec/scaleTargetRef")?;
        let text = |field: &str| target[field].as_str().filter(|text| !text.is_empty());
        let target = ObjectRef {
            api_version: text("apiVersion")
                .or(default.map(|(version, _)| version))?
                .to_owned()
                .into(),
            kind: text("kind")
                .or(default.map(|(_, kind)| kind))?
                .to_owned()
                .into(),
            namespace: Some(namespace.clone()),
            name: text("name")?.to_owned(),
        };
        Some(Self {
            object: scaler,
            target,
        })
    }

    /// Whether it scales an object, in any version of the object's API.
    pub(crate) fn scales(&self, object: &ObjectRef) -> bool {
        let group = |object: &ObjectRef| object.api_version.split('/').next().map(str::to_owned);
        let target = &self.target;
        (&object.kind, &object.name, &object.namespace)
            == (&target.kind, &target.name, &target.namespace)
            && group(object) == group(target)
    }
}

/// The minimum and maximum number of pods, if the object is an autoscaler and sets them.
pub(crate) fn bounds(object: &Value) -> Option<(u64, u64)> {
    let spec = &object["spec"];
    let number = |field: &str| spec[field].as_u64();
    match object["kind"].as_str()? {
        "HorizontalPodAutoscaler" => {
            Some((number("minReplicas").unwrap_or(1), number("maxReplicas")?))
        }
        "ScaledObject" => {
            let least = number("minReplicaCount").unwrap_or(0);
            let least = number("idleReplicaCount").map_or(least, |idle| idle.min(least));
            Some((least, number("maxReplicaCount").unwrap_or(100)))
        }
        _ => None,
    }
}
