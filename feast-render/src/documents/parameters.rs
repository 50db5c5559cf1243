//! Parameters from Secrets and ConfigMaps, and how they fill a store's block.

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::LocalObjectReference;

use super::block::{Block, FromSecret};
use super::error::Error;
use super::facts::Facts;
use crate::corrections::Correction;
use crate::inputs::Inputs;
use go_yaml::{Mapping, Value};
use go_yaml::{Scalars, read_mapping, read_value};

/// A key of a Secret, whose value is YAML.
#[derive(Clone, Copy)]
pub(super) struct SecretKey<'a> {
    pub(super) secret: &'a str,
    pub(super) key: &'a str,
}

impl<'a> SecretKey<'a> {
    /// The key of a store's parameters: its type, unless a key is set.
    pub(super) fn of_store(
        secret: &'a LocalObjectReference,
        key: Option<&'a str>,
        type_: &'a str,
    ) -> Self {
        Self {
            secret: &secret.name,
            key: key.filter(|key| !key.is_empty()).unwrap_or(type_),
        }
    }

    /// The value, under a key that Feast determines.
    pub(super) fn entry(self, value: impl Into<Value>) -> FromSecret {
        FromSecret::new(self.secret, value)
    }
}

/// Reads a store's parameters. `foreign` is the type key of the other kind of store, which is
/// meaningless here but kept by the reference.
pub(super) fn of_store(
    facts: &Facts<'_>,
    place: SecretKey<'_>,
    type_: &str,
    foreign: &str,
) -> Result<Mapping, Error> {
    let mut parameters = read_key(facts, place, type_, Scalars::Resolved)?;
    if facts.corrects(Correction::StoreParameters) {
        parameters.remove(foreign);
    }
    Ok(parameters)
}

/// Reads the mapping in a key of a Secret. If it has a type, the type must match.
pub(super) fn read_key(
    facts: &Facts<'_>,
    place: SecretKey<'_>,
    type_: &str,
    scalars: Scalars,
) -> Result<Mapping, Error> {
    let data = facts.secret(place.secret)?;
    let bytes = data
        .get(place.key)
        .ok_or_else(|| Error::SecretKeyNotFound {
            secret: place.secret.to_owned(),
            key: place.key.to_owned(),
        })?;
    let parameters =
        read_mapping(&bytes.0, scalars).map_err(|source| Error::InvalidSecretValue {
            key: place.key.to_owned(),
            source,
        })?;
    for parameter in ["type", "registry_type"] {
        match parameters.get(parameter) {
            Some(found) if found.as_str() != Some(type_) => {
                return Err(Error::AnotherStoreType {
                    secret: place.secret.to_owned(),
                    key: place.key.to_owned(),
                    parameter,
                });
            }
            _ => {}
        }
    }
    Ok(parameters)
}

/// Reads every key of a Secret as a separate value.
pub(super) fn read_keys(
    facts: &Facts<'_>,
    secret: &str,
    scalars: Scalars,
) -> Result<Mapping, Error> {
    let read = |(key, bytes): (&String, &ByteString)| match read_value(&bytes.0, scalars) {
        Ok(value) => Ok((key.into(), value)),
        Err(source) => Err(Error::InvalidSecretValue {
            key: key.clone(),
            source,
        }),
    };
    facts.secret(secret)?.iter().map(read).collect()
}

/// Reads the mapping in a key of a ConfigMap.
pub(super) fn read_config(inputs: &Inputs, config_map: &str, key: &str) -> Result<Mapping, Error> {
    let found = inputs.config_map(config_map);
    let found = found.ok_or_else(|| Error::ConfigMapNotFound {
        name: config_map.to_owned(),
    })?;
    let text = found.data.as_ref().and_then(|data| data.get(key));
    let text = text.ok_or_else(|| Error::ConfigMapKeyNotFound {
        config_map: config_map.to_owned(),
        key: key.to_owned(),
    })?;
    read_mapping(text.as_bytes(), Scalars::Resolved).map_err(|source| {
        Error::InvalidConfigMapValue {
            config_map: config_map.to_owned(),
            key: key.to_owned(),
            source,
        }
    })
}

/// Sets unset keys of a store's block from parameters of the same name, and adds other parameters
/// inline.
pub(super) fn fill(
    mut block: Block,
    parameters: Mapping,
    place: SecretKey<'_>,
) -> Result<Block, Error> {
    let mut inline = Vec::new();
    for (name, value) in parameters {
        let Some(setting) = name.as_str().and_then(|name| Setting::of(name, &block)) else {
            let entry = FromSecret {
                is_named: false,
                ..place.entry(value)
            };
            inline.push((name, entry));
            continue;
        };
        if setting.key.is_some_and(|key| block.is_set(key)) {
            continue;
        }
        if !setting.kind.takes(&value) {
            return Err(Error::ParameterType {
                secret: place.secret.to_owned(),
                key: place.key.to_owned(),
                parameter: setting.key.unwrap_or(ALL_PARAMETERS),
                expected: setting.kind.expected(),
            });
        }
        if let Some(key) = setting.key.filter(|_| !is_empty(&value)) {
            block = block.set(key, place.entry(value));
        }
    }
    Ok(block.with_inline(inline))
}

/// The reference's name for all parameters together.
const ALL_PARAMETERS: &str = "DBParameters";

/// What a parameter sets, if it is not inlined.
struct Setting {
    /// The key of the block that it sets.
    key: Option<&'static str>,
    kind: Kind,
}

/// The type of a parameter.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    Mapping,
    /// Not allowed.
    Nothing,
}

impl Setting {
    /// A parameter matches a key with or without underscores, in any case. The reference also has a
    /// name for all parameters together.
    fn of(parameter: &str, block: &Block) -> Option<Self> {
        if parameter.is_empty() || parameter.eq_ignore_ascii_case(ALL_PARAMETERS) {
            return Some(Self {
                key: None,
                kind: Kind::Mapping,
            });
        }
        let key = block.keys().iter().copied().find(|key| {
            key.eq_ignore_ascii_case(parameter)
                || key.replace('_', "").eq_ignore_ascii_case(parameter)
        })?;
        let kind = match key {
            "port" => Kind::Number,
            "s3_additional_kwargs" | "cache_ttl_seconds" | "cache_mode" | "mcp" => Kind::Nothing,
            _ => Kind::Text,
        };
        Some(Self {
            key: Some(key),
            kind,
        })
    }
}

impl Kind {
    fn takes(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text, Value::Text(_) | Value::Bytes(_)) => true,
            (Self::Number, Value::Int(number)) => i64::try_from(*number).is_ok(),
            (Self::Mapping, Value::Map(map)) => map.iter().all(|(key, _)| key.as_str().is_some()),
            _ => false,
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Number => "an integer",
            Self::Mapping => "a mapping",
            Self::Nothing => "allowed, because the FeatureStore sets it",
        }
    }
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Int(0)) || matches!(value, Value::Text(text) if text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::corrections::{Correction, Corrections};
    use crate::documents::testing::{block, make, refuses, secret};
    use crate::settings::DocumentStorage;
    use crate::testing::{Given, given};

    fn spec(store: &str, type_: &str) -> Json {
        let persistence = json!({ "store": { "type": type_, "secretRef": { "name": "db" } } });
        json!({ "feastProject": "p", "services": { (store): { "persistence": persistence } } })
    }

    fn holding(key: &str, text: &str) -> Given {
        given().secrets([secret("db", &[(key, text)])])
    }

    #[test]
    fn parameters_fill_settings_or_are_inlined() {
        let text =
            "HOST: h\nport: 5432\ntype: trino\nscheme: ''\nb: [1]\na: {x: ~}\ndbParameters: {}\n";
        let expected = "host: h\ntype: trino\nport: 5432\na:\n    x: null\nb:\n    - 1\n";
        let found = block(
            &spec("offlineStore", "trino"),
            &holding("trino", text),
            "offline_store",
        );
        assert_eq!(found, expected);
        let text = "host: h\nport: '5432'\npath: p\nregistry_type: redis\n";
        let spec = spec("onlineStore", "redis");
        let inputs = holding("redis", text);
        let found = block(&spec, &inputs.clone(), "online_store");
        assert_eq!(
            found,
            "path: p\ntype: redis\nhost: h\nport: \"5432\"\nregistry_type: redis\n"
        );
        let inputs = inputs.corrections(Corrections::NONE.with(Correction::StoreParameters));
        let found = block(&spec, &inputs, "online_store");
        assert_eq!(found, "path: p\ntype: redis\nhost: h\nport: \"5432\"\n");
    }

    #[test]
    fn parameters_of_another_kind() {
        let check = |text: &str, parameter: &str, expected: &str| {
            let message = format!(
                "secret key trino in secret db contains parameter {parameter} that is not {expected}"
            );
            for corrections in [Corrections::NONE, Corrections::ALL] {
                let inputs = holding("trino", text).corrections(corrections);
                refuses(&spec("offlineStore", "trino"), &inputs, &message);
            }
        };
        check("port: 's3cret'", "port", "an integer");
        check("port: 18446744073709551615", "port", "an integer");
        check("Host: 5", "host", "a string");
        check("cert: ~", "cert", "a string");
        check("dbParameters: x", "DBParameters", "a mapping");
    }

    #[test]
    fn settings_of_the_feature_store_take_precedence() {
        let inputs = holding("redis", "TYPE: other\n");
        let found = block(&spec("onlineStore", "redis"), &inputs, "online_store");
        assert_eq!(found, "type: redis\n");
        let store = json!({ "type": "sql", "secretRef": { "name": "db" } });
        let registry = json!({ "local": { "persistence": { "store": store } } });
        let spec = json!({ "feastProject": "p", "services": { "registry": registry } });
        for (written, parameter) in [("mcp", "mcp"), ("CacheMode", "cache_mode")] {
            let inputs = holding("sql", &format!("{written}: sync\n"));
            let message = format!(
                "secret key sql in secret db contains parameter {parameter} that is \
                 not allowed, because the FeatureStore sets it"
            );
            refuses(&spec, &inputs, &message);
        }
    }

    #[test]
    fn bad_secrets_are_rejected() {
        let spec = spec("onlineStore", "redis");
        refuses(&spec, &given(), "secrets \"db\" not found");
        let check = |text: &str, message: &str| refuses(&spec, &holding("redis", text), message);
        check("- a", "secret redis contains invalid value");
        check("a: [1", "secret redis contains invalid value");
        let another = "secret key redis in secret db contains tag named";
        check("type: x", &format!("{another} type"));
        check("type: [1, b]", &format!("{another} type"));
        check("registry_type: 5", &format!("{another} registry_type"));
        let inputs = holding("other", "");
        refuses(
            &spec,
            &inputs,
            "secret key redis doesn't exist in secret db",
        );
    }

    #[test]
    fn errors_do_not_show_secrets() {
        for text in [
            "type: s3cret",
            "s3cret",
            "port: [s3cret",
            "host: {s3cret: 1}",
            "s3cret: 1: 2",
        ] {
            for storage in [DocumentStorage::InDeployment, DocumentStorage::InSecret] {
                let given = holding("trino", text).storage(storage);
                let error = make(&spec("offlineStore", "trino"), &given).unwrap_err();
                assert!(
                    !format!("{error} {error:?}").contains("s3cret"),
                    "{error:?}"
                );
            }
        }
    }
}
