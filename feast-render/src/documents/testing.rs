//! Helpers of this module's tests.

use feast_api::v1::{FeatureStoreSpec, ServiceHostnames};
use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::Value as Json;

use super::writer::{Floats, write};
use super::{Document, Error, Facts, service};
use crate::testing::Given;
use go_yaml::{Mapping, Value};

/// Calls a function with FeatureStore `ml/sample` with these settings and the defaults.
pub(super) fn with_facts<T>(
    spec: &Json,
    hostnames: &ServiceHostnames,
    given: &Given,
    make: impl FnOnce(&Facts<'_>) -> T,
) -> T {
    let applied: FeatureStoreSpec = serde_json::from_value(spec.clone()).unwrap();
    make(&Facts {
        name: "sample",
        namespace: "ml",
        applied: &applied,
        hostnames,
        odh_ca_bundle: false,
        inputs: &given.inputs(spec),
    })
}

/// The service document.
pub(super) fn make(spec: &Json, given: &Given) -> Result<Document, Error> {
    with_facts(spec, &ServiceHostnames::default(), given, service::service)
}

/// One block of the service document.
#[track_caller]
pub(super) fn block(spec: &Json, given: &Given, key: &str) -> String {
    let document = make(spec, given).unwrap();
    let block = document.data().get(key).and_then(Value::as_map);
    write(block.unwrap_or(&Mapping::default()), Floats::Go)
}

/// Asserts that the service document cannot be created, with this message.
#[track_caller]
pub(super) fn refuses(spec: &Json, given: &Given, message: &str) {
    assert_eq!(make(spec, given).unwrap_err().to_string(), message);
}

pub(super) fn secret(name: &str, data: &[(&str, &str)]) -> Secret {
    let data = data
        .iter()
        .map(|(key, text)| ((*key).to_owned(), ByteString((*text).into())));
    Secret {
        metadata: metadata(name),
        data: Some(data.collect()),
        ..Secret::default()
    }
}

pub(super) fn config_map(name: &str, data: &[(&str, &str)]) -> ConfigMap {
    let data = data
        .iter()
        .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()));
    ConfigMap {
        metadata: metadata(name),
        data: Some(data.collect()),
        ..ConfigMap::default()
    }
}

fn metadata(name: &str) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: Some("ml".to_owned()),
        ..ObjectMeta::default()
    }
}
