//! What an API server refuses of the rendered objects, with what causes it in the FeatureStore.

use apimachinery::FieldPath;
use feast_render::Rendered;
use kube_object_validation::{Kind, Refusal, Release};
use serde_json::Value;

use crate::origin;

/// A refusal and its cause.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    /// `Kind/name` of the object.
    pub(crate) object: String,
    pub(crate) refusal: Refusal,
    pub(crate) cause: Cause,
    /// Where the cause is.
    pub(crate) path: FieldPath,
}

/// What a lint of its own is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A mount of a volume that is not there.
    MissingVolume,
    /// Two mounts at one path.
    DuplicateMount,
    /// A request above its limit.
    Request,
    /// A container without an image.
    Image,
    /// A name that an object cannot have.
    Name,
    /// Bounds of an autoscaler.
    Autoscaler,
    /// Anything else.
    Other,
}

/// Everything that is refused; `store` is the FeatureStore as JSON. An owner without an identity is
/// not: the API server gives it one.
pub(crate) fn all(store: &Value, rendered: &Rendered, release: Release) -> Vec<Refused> {
    let mut all = Vec::new();
    for object in rendered.plan.apply() {
        let value = object.to_value();
        let reference = object.reference();
        for refusal in kube_object_validation::check(&value, release) {
            if refusal.field == "metadata.ownerReferences.uid" {
                continue;
            }
            // A FeatureStore without a namespace is put into one when it is applied.
            if refusal.field == "metadata.namespace" || refusal.field == "subjects.namespace" {
                continue;
            }
            all.push(Refused {
                object: format!("{}/{}", reference.kind, reference.name),
                cause: cause(&reference.kind, &refusal),
                path: origin::of(store, &value, &refusal.path),
                refusal,
            });
        }
    }
    all
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
