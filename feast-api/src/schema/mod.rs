//! Generates the CustomResourceDefinition from the types.
//!
//! schemars describes the Rust types. A chain of small transforms turns that into the structural
//! schema that controller-gen, the reference's generator, writes:
//!
//! 1. `kubernetes` completes Kubernetes' own types and removes their documentation,
//! 2. `inline` replaces references with their targets,
//! 3. `not_null` removes `null`, which only Rust uses for an absent field,
//! 4. `prose` joins the lines of descriptions,
//! 5. `rules` adds the CEL rules.
//!
//! kube-derive provides the rest of the CRD: names, columns and subresources.
//!
//! The result depends on the Kubernetes release selected for k8s-openapi. The committed CRD, which
//! [`crd()`](crate::crd()) returns, is generated with 1.35.

mod frame;
mod inline;
mod kubernetes;
mod not_null;
mod prose;
mod rules;

use std::borrow::Cow;

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, CustomResourceValidation,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use schemars::generate::SchemaSettings;
use schemars::transform::Transform;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::Value;

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

/// The schema of a version with all documentation, including that of Kubernetes' own types and of
/// `metadata`. For people; it is too large for a [CRD](generate).
///
/// ```
/// let schema = feast_api::schema::documented(feast_api::Version::V1);
/// let name = schema.pointer("/properties/metadata/properties/name/description").unwrap();
/// assert!(name.as_str().unwrap().starts_with("Name must be unique within a namespace."));
/// ```
pub fn documented(version: Version) -> Value {
    let mut schema = match version {
        Version::V1 => described::<v1::FeatureStore>(),
        Version::V1Alpha1 => described::<v1alpha1::FeatureStore>(),
    };
    let mut metadata = described::<ObjectMeta>();
    for schema in [&mut schema, &mut metadata] {
        simplify(schema);
    }
    let mut schema = schema.to_value();
    schema["properties"]["metadata"] = metadata.to_value();
    schema
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

/// Turns a schema into a structural one.
fn simplify(schema: &mut Schema) {
    inline::InlineDefinitions.transform(schema);
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
