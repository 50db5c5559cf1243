//! Environment variables.

use k8s_openapi::api::core::v1::{EnvVar, EnvVarSource, SecretKeySelector};

/// A variable with a value, possibly empty.
pub(crate) fn variable(name: &str, value: impl Into<String>) -> EnvVar {
    let value = Some(value.into()).filter(|value| !value.is_empty());
    EnvVar {
        name: name.to_owned(),
        value,
        ..EnvVar::default()
    }
}

/// A variable with the value of a Secret's key.
pub(crate) fn by_reference(name: &str, secret: String, key: &str) -> EnvVar {
    let selector = SecretKeySelector {
        name: secret,
        key: key.to_owned(),
        ..SecretKeySelector::default()
    };
    EnvVar {
        name: name.to_owned(),
        value_from: Some(EnvVarSource {
            secret_key_ref: Some(selector),
            ..EnvVarSource::default()
        }),
        ..EnvVar::default()
    }
}

/// Adds variables; an existing one gets the new value and keeps its position.
pub(crate) fn extend(env: &mut Vec<EnvVar>, variables: impl IntoIterator<Item = EnvVar>) {
    for variable in variables {
        match env
            .iter_mut()
            .find(|existing| existing.name == variable.name)
        {
            Some(existing) => *existing = variable,
            None => env.push(variable),
        }
    }
}
