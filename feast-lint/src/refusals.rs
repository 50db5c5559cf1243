//! Rendered objects that an API server rejects, with the causes in the FeatureStore.

use apimachinery::FieldPath;
use feast_api::v1::FeatureStore;
use feast_render::Rendered;
use kube_object_validation::{Checker, Kind, Refusal, Release};

use crate::origin;

/// A rejection and its cause.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    /// `Kind/name` of the object.
    pub(crate) object: String,
    pub(crate) refusal: Refusal,
    pub(crate) cause: Cause,
    /// The field that causes it.
    pub(crate) path: FieldPath,
}

/// Causes that have their own lint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A mount of a missing volume.
    MissingVolume,
    /// Two mounts at the same path.
    DuplicateMount,
    /// A request above its limit.
    Request,
    /// A container without an image.
    Image,
    /// An invalid object name.
    Name,
    /// Minimum and maximum of an autoscaler.
    Autoscaler,
    /// Anything else.
    Other,
}

/// All rejections.
pub(crate) fn all(store: &FeatureStore, rendered: &Rendered, release: Release) -> Vec<Refused> {
    let objects = rendered.plan.apply();
    let mut checker = Checker::new(release);
    let refused = objects.flat_map(|object| {
        // No rendered object has a part that is not JSON.
        let refusals = checker.check(&object).unwrap_or_default();
        let refusals: Vec<_> = refusals.into_iter().filter(is_told).collect();
        if refusals.is_empty() {
            return Vec::new();
        }
        let (reference, value) = (object.reference(), object.to_value());
        let store = serde_json::to_value(store).unwrap_or_default();
        let refused = refusals.into_iter().map(|refusal| Refused {
            object: format!("{}/{}", reference.kind, reference.name),
            cause: cause(&reference.kind, &refusal),
            path: origin::of(&store, &value, &refusal.path),
            refusal,
        });
        refused.collect()
    });
    refused.collect()
}

/// Whether the API server still rejects the object when the FeatureStore is in a cluster, where it has
/// a uid and a namespace.
fn is_told(refusal: &Refusal) -> bool {
    !matches!(
        &*refusal.field,
        "metadata.ownerReferences.uid" | "metadata.namespace" | "subjects.namespace"
    )
}

fn cause(kind: &str, refusal: &Refusal) -> Cause {
    let field = refusal.field.as_str();
    let ends = |end: &str| field.ends_with(end);
    match refusal.kind {
        Kind::NotFound if field.contains(".volumeMounts[") && ends(".name") => Cause::MissingVolume,
        Kind::DuplicateKey if ends(".volumeMounts") => Cause::DuplicateMount,
        Kind::Invalid if ends(".resources.requests") => Cause::Request,
        Kind::Required if ends(".image") => Cause::Image,
        Kind::Invalid if field == "metadata.name" => Cause::Name,
        Kind::Invalid if kind == "HorizontalPodAutoscaler" && field == "spec.maxReplicas" => {
            Cause::Autoscaler
        }
        _ => Cause::Other,
    }
}
