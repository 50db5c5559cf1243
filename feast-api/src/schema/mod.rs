//! Generates the CustomResourceDefinition from the types.
//!
//! schemars describes the Rust types. A chain of small transforms turns that into the structural
//! schema that controller-gen, the reference's generator, writes:
//!
//! 1. `kubernetes` completes Kubernetes' own types and removes their documentation,
//! 2. references are replaced with their targets,
//! 3. `not_null` removes `null`, which only Rust uses for an absent field,
//! 4. `prose` joins the lines of descriptions,
//! 5. `rules` adds the CEL rules.
//!
//! kube-derive provides the rest of the CRD: names, columns and subresources.
//!
//! The result depends on the Kubernetes release selected for k8s-openapi. The committed CRD, which
//! [`crd()`](crate::crd()) returns, is generated with 1.35.

mod frame;
mod kubernetes;
mod not_null;
mod prose;
mod rules;

use std::borrow::Cow;
use std::mem;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, CustomResourceValidation,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use schemars::generate::SchemaSettings;
use schemars::transform::Transform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::crd::{inline, take};
use crate::{Version, v1, v1alpha1};

/// Generates the CRD of both versions from the types.
///
/// Slow; [`crd()`](crate::crd()) has the committed result.
///
/// # Panics
///
/// If the types do not form a structural schema. This crate's tests rule that out.
pub fn generate() -> CustomResourceDefinition {
    let mut crd = frame::merged();
    for version in &mut crd.spec.versions {
        let schema = match version.name.as_str() {
            "v1" => structural::<v1::FeatureStore>(Version::V1),
            _ => structural::<v1alpha1::FeatureStore>(Version::V1Alpha1),
        };
        let schema = serde_json::from_value(schema.to_value()).expect("a structural schema");
        version.schema = Some(CustomResourceValidation {
            open_api_v3_schema: Some(schema),
        });
    }
    crd
}

/// The schema of each version and of `metadata`, with all documentation. They refer to their own
/// definitions, and to those of Kubernetes' types, which all of them share.
///
/// Slow; [`crd::documented`](crate::crd::documented) reads the committed result.
///
/// ```
/// let all = feast_api::schema::documentation();
/// assert!(all["$defs"]["io.k8s.api.core.v1.Volume"].is_object());
/// ```
pub fn documentation() -> Value {
    let mut shared = Map::new();
    let mut schema = |mut schema: Schema| {
        not_null::NotNull.transform(&mut schema);
        prose::UnwrapProse.transform(&mut schema);
        let all = take(schema.ensure_object(), "$defs").into_iter();
        let (of_kubernetes, own): (Vec<_>, Vec<_>) =
            all.partition(|(name, _)| name.starts_with(kubernetes::PREFIX));
        shared.extend(of_kubernetes);
        schema.insert("$defs".into(), own.into_iter().collect());
        schema.to_value()
    };
    let (v1, v1alpha1) = (
        schema(described::<v1::FeatureStore>()),
        schema(described::<v1alpha1::FeatureStore>()),
    );
    let metadata = schema(described::<ObjectMeta>());
    json!({ "v1": v1, "v1alpha1": v1alpha1, "metadata": metadata, "$defs": shared })
}

/// The structural schema of a version's root type.
fn structural<T: JsonSchema>(version: Version) -> Schema {
    let mut schema = described::<T>();
    kubernetes::BriefTypes.transform(&mut schema);
    simplify(&mut schema);
    rules::attach(version, &mut schema);
    schema
}

/// The schema of a type, with the definitions it uses.
fn described<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().with(|settings| settings.meta_schema = None);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.remove("title");
    kubernetes::KubernetesTypes.transform(&mut schema);
    schema
}

/// Turns a schema into a structural one, which has no references.
fn simplify(schema: &mut Schema) {
    let definitions = take(schema.ensure_object(), "$defs");
    let mut whole = mem::take(schema).to_value();
    inline(&mut whole, &definitions);
    *schema = Schema::try_from(whole).unwrap_or_default();
    not_null::NotNull.transform(schema);
    prose::UnwrapProse.transform(schema);
}

/// The schema of a root type: the fields of every Kubernetes object, with spec and status.
pub(crate) fn root<Spec: JsonSchema, Status: JsonSchema>(
    generator: &mut SchemaGenerator,
) -> Schema {
    let mut spec = generator.subschema_for::<Spec>();
    spec.insert("description".into(), "The desired state.".into());
    let mut status = generator.subschema_for::<Status>();
    status.insert(
        "description".into(),
        "The observed state, as reported by the operator.".into(),
    );
    json_schema!({
        "description": "One deployment of the Feast feature store.",
        "type": "object",
        "properties": {
            "apiVersion": { "type": "string", "description": "Group and version of the object." },
            "kind": { "type": "string", "description": "Kind of the object." },
            "metadata": { "type": "object" },
            "spec": spec,
            "status": status,
        },
    })
}

macro_rules! root_schema {
    ($module:ident) => {
        impl JsonSchema for $module::FeatureStore {
            fn schema_name() -> Cow<'static, str> {
                crate::KIND.into()
            }

            fn schema_id() -> Cow<'static, str> {
                <$module::FeatureStore as k8s_openapi::Resource>::API_VERSION.into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                root::<$module::FeatureStoreSpec, $module::FeatureStoreStatus>(generator)
            }
        }
    };
}
root_schema!(v1);
root_schema!(v1alpha1);
