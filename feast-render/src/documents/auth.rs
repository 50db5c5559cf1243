//! The `auth` block.

use std::collections::BTreeMap;

use feast_api::v1::OidcAuthz;

use super::block::{AUTH, Block, Entry, FromSecret};
use super::error::Error;
use super::facts::Facts;
use super::go_text;
use super::parameters::{SecretKey, read_key, read_keys};
use crate::changes::Change;
use crate::corrections::Correction;
use crate::release::OperatorRelease;
use go_yaml::Scalars;
use go_yaml::{Mapping, Value};

const DISCOVERY_PATH: &str = ".well-known/openid-configuration";
const DISCOVERY_URL: &str = "auth_discovery_url";

/// The properties taken from a Secret.
const PROPERTIES: [&str; 7] = [
    DISCOVERY_URL,
    "client_id",
    "client_secret",
    "username",
    "password",
    "audience",
    "issuer",
];

/// The properties that releases before OIDC discovery require, in the order in which they are
/// checked.
const NEEDED: [&str; 5] = [
    "client_id",
    DISCOVERY_URL,
    "client_secret",
    "username",
    "password",
];

/// The properties that a Secret must have as keys.
pub(crate) fn needed_properties(release: OperatorRelease) -> &'static [&'static str] {
    if release.has(Change::OidcDiscovery) {
        return &[];
    }
    &NEEDED
}

/// The properties that are always strings, also in the reference.
const CLAIMS: [&str; 2] = ["audience", "issuer"];

const OIDC_CA: &str = "/etc/pki/tls/oidc-ca/ca.crt";
const ODH_CA_BUNDLE: &str = "/etc/pki/tls/custom-certs/odh-ca-bundle.crt";

/// The settings that a client needs to authenticate.
pub(super) fn client(facts: &Facts<'_>) -> Result<Block, Error> {
    match facts.applied.oidc() {
        Some(oidc) if !facts.has(Change::OidcDiscovery) => all_in_secret(facts, oidc),
        _ => Ok(mode(facts)),
    }
}

fn mode(facts: &Facts<'_>) -> Block {
    let auth = Block::new(AUTH);
    let Some(authz) = &facts.applied.authz else {
        let by_default = facts.has(Change::KubernetesAuthorizationByDefault);
        return auth.set("type", if by_default { "kubernetes" } else { "no_auth" });
    };
    match &authz.oidc {
        _ if authz.no_auth == Some(true) => auth.set("type", "no_auth"),
        Some(oidc) if authz.kubernetes.is_none() => {
            let variable = oidc.token_env_var.as_ref();
            let variable = variable.map(|name| ("token_env_var".into(), name));
            auth.set("type", "oidc").with_inline(variable)
        }
        _ => auth.set("type", "kubernetes"),
    }
}

/// The settings that servers need to authenticate callers.
pub(super) fn server(facts: &Facts<'_>) -> Result<Block, Error> {
    match facts.applied.oidc() {
        Some(oidc) if facts.has(Change::OidcDiscovery) => oidc_server(facts, oidc),
        _ => client(facts),
    }
}

fn oidc_server(facts: &Facts<'_>, oidc: &OidcAuthz) -> Result<Block, Error> {
    let properties = secret_properties(facts, oidc)?;
    let discovery_url = discovery_url(facts, oidc, &properties)?;
    let settings = [
        (DISCOVERY_URL, discovery_url.map(Entry::from)),
        ("verify_ssl", oidc.verify_ssl.map(Entry::from)),
        (
            "jwks_cache_lifespan_seconds",
            oidc.jwks_cache_lifespan_seconds.map(Entry::from),
        ),
        (
            "jwks_request_timeout_seconds",
            oidc.jwks_request_timeout_seconds.map(Entry::from),
        ),
        ("ca_cert_path", ca_cert_path(facts, oidc).map(Entry::from)),
    ];
    let settings = settings
        .into_iter()
        .filter_map(|(key, value)| Some((key.into(), value?)));
    let properties = properties
        .into_iter()
        .map(|(key, value)| (key.into(), from_secret(oidc, value)));
    Ok(Block::new(AUTH)
        .set("type", "oidc")
        .with_inline(properties)
        .with_inline(settings))
}

/// All settings of servers and clients, from the Secret.
fn all_in_secret(facts: &Facts<'_>, oidc: &OidcAuthz) -> Result<Block, Error> {
    // The Secret is required in these releases, so a missing name leads to a failed look-up.
    if oidc.secret_ref.is_none() {
        let name = String::new();
        return Err(Error::SecretNotFound { name });
    }
    let mut properties = secret_properties(facts, oidc)?;
    let needed = NEEDED.into_iter().map(|property| {
        let value = properties.remove(property);
        let value = value.ok_or(Error::NoOidcProperty { property })?;
        Ok((property.into(), from_secret(oidc, value)))
    });
    let needed = needed.collect::<Result<Vec<_>, Error>>()?;
    Ok(Block::new(AUTH).set("type", "oidc").with_inline(needed))
}

/// A property as an entry of the block.
fn from_secret(oidc: &OidcAuthz, value: Value) -> Entry {
    match &oidc.secret_ref {
        Some(secret) => FromSecret::new(&secret.name, value).into(),
        None => value.into(),
    }
}

fn secret_properties(
    facts: &Facts<'_>,
    oidc: &OidcAuthz,
) -> Result<BTreeMap<&'static str, Value>, Error> {
    let Some(secret) = &oidc.secret_ref else {
        return Ok(BTreeMap::new());
    };
    let as_strings = facts.corrects(Correction::OidcStrings);
    let scalars = if as_strings {
        Scalars::Strings
    } else {
        Scalars::Resolved
    };
    let mut secret = read_secret(
        facts,
        &secret.name,
        oidc.secret_key_name.as_deref(),
        scalars,
    )?;
    let properties = PROPERTIES.into_iter();
    let properties = properties
        .filter(|key| facts.has(Change::OidcClaims) || !CLAIMS.contains(key))
        .filter_map(|key| match secret.remove(key)? {
            Value::Null if as_strings => None,
            value if CLAIMS.contains(&key) => Some((key, go_text::plain(&value).into())),
            value => Some((key, value)),
        });
    Ok(properties.collect())
}

/// With a key, its value contains all properties; without one, each property is a key.
fn read_secret(
    facts: &Facts<'_>,
    secret: &str,
    key: Option<&str>,
    scalars: Scalars,
) -> Result<Mapping, Error> {
    match key.filter(|key| !key.is_empty()) {
        Some(key) => read_key(facts, SecretKey { secret, key }, "", scalars),
        None => read_keys(facts, secret, scalars),
    }
}

/// The configured discovery URL instead of the Secret's; `None` to use the Secret's.
fn discovery_url(
    facts: &Facts<'_>,
    oidc: &OidcAuthz,
    secret: &BTreeMap<&'static str, Value>,
) -> Result<Option<String>, Error> {
    let of_issuer = |issuer: &str| [issuer.trim_end_matches('/'), "/", DISCOVERY_PATH].concat();
    let not_empty = |text: &&str| !text.is_empty();
    let from_spec = oidc.issuer_url.as_deref().filter(not_empty).map(of_issuer);
    let in_secret = secret.get(DISCOVERY_URL).and_then(Value::as_str);
    let from_environment = || {
        facts
            .inputs
            .environment()
            .oidc_issuer_url
            .as_deref()
            .filter(not_empty)
            .map(of_issuer)
    };
    if from_spec.is_none() && in_secret.is_some_and(|url| !url.is_empty()) {
        return Ok(None);
    }
    let url = from_spec.or_else(from_environment);
    url.map(Some).ok_or(Error::NoOidcDiscoveryUrl)
}

fn ca_cert_path(facts: &Facts<'_>, oidc: &OidcAuthz) -> Option<&'static str> {
    match &oidc.ca_cert_config_map {
        Some(_) => Some(OIDC_CA),
        None => facts.odh_ca_bundle.then_some(ODH_CA_BUNDLE),
    }
}

#[cfg(test)]
mod tests {
    use feast_api::v1::ServiceHostnames;
    use serde_json::{Value as Json, json};

    use crate::corrections::{Correction, Corrections};
    use crate::documents::testing::{block, refuses, secret, with_facts};
    use crate::documents::writer::{Floats, write};
    use crate::settings::Environment;
    use crate::testing::given;

    fn spec(authz: &Json) -> Json {
        json!({ "feastProject": "p", "authz": authz })
    }

    #[test]
    fn modes() {
        let check = |authz: Json, expected: &str| {
            let found = block(&spec(&authz), &given(), "auth");
            assert_eq!(found, format!("type: {expected}\n"));
        };
        check(json!({ "kubernetes": {} }), "kubernetes");
        check(json!({ "noAuth": true }), "no_auth");
        check(json!({ "noAuth": false }), "kubernetes");
        check(json!(null), "kubernetes");
    }

    #[test]
    fn clients_take_kubernetes_before_oidc() {
        for (authz, expected) in [
            (json!({ "oidc": {} }), "oidc"),
            (json!({ "oidc": {}, "kubernetes": {} }), "kubernetes"),
        ] {
            let (hostnames, inputs) = (ServiceHostnames::default(), given());
            let found = with_facts(&spec(&authz), &hostnames, &inputs, super::mode);
            let found = write(&found.finish().0, Floats::Go);
            assert_eq!(found, format!("type: {expected}\n"));
        }
    }

    #[test]
    fn each_key_of_the_secret_is_a_property() {
        let spec = spec(&json!({ "oidc": {
            "issuerUrl": "https://idp//",
            "secretRef": { "name": "oidc" },
            "verifySSL": false,
            "jwksCacheLifespanSeconds": 60,
            "caCertConfigMap": { "name": "ca" },
            "tokenEnvVar": "TOKEN",
        } }));
        let properties = [
            ("auth_discovery_url", "https://other"),
            ("client_id", "0123"),
            ("username", ""),
            ("audience", "1.50"),
            ("issuer", ""),
            ("unknown", "x"),
        ];
        let inputs = || given().secrets([secret("oidc", &properties)]);
        let reference = "type: oidc
audience: \"1.5\"
auth_discovery_url: https://idp/.well-known/openid-configuration
ca_cert_path: /etc/pki/tls/oidc-ca/ca.crt
client_id: 83
issuer: <nil>
jwks_cache_lifespan_seconds: 60
username: null
verify_ssl: false
";
        let found = block(&spec, &inputs(), "auth");
        assert_eq!(found, reference.replace("<nil>", "\"<nil>\""));
        let corrected = "type: oidc
audience: \"1.50\"
auth_discovery_url: https://idp/.well-known/openid-configuration
ca_cert_path: /etc/pki/tls/oidc-ca/ca.crt
client_id: \"0123\"
jwks_cache_lifespan_seconds: 60
verify_ssl: false
";
        let corrections = Corrections::NONE.with(Correction::OidcStrings);
        assert_eq!(
            block(&spec, &inputs().corrections(corrections), "auth"),
            corrected
        );
    }

    #[test]
    fn discovery_url() {
        let from = |secret_text: &str, environment: Option<&str>| {
            let environment = Environment {
                oidc_issuer_url: environment.map(str::to_owned),
                ..Environment::default()
            };
            given()
                .secrets([secret("oidc", &[("all", secret_text)])])
                .environment(environment)
        };
        let spec =
            spec(&json!({ "oidc": { "secretRef": { "name": "oidc" }, "secretKeyName": "all" } }));
        let found = block(
            &spec,
            &from("auth_discovery_url: http://idp/x", Some("http://env")),
            "auth",
        );
        assert_eq!(found, "type: oidc\nauth_discovery_url: http://idp/x\n");
        let found = block(
            &spec,
            &from("auth_discovery_url: 5", Some("http://env/")),
            "auth",
        );
        let url = "http://env/.well-known/openid-configuration";
        assert_eq!(found, format!("type: oidc\nauth_discovery_url: {url}\n"));
        refuses(
            &spec,
            &from("", Some("")),
            "no OIDC discovery URL configured: set issuerUrl on the OidcAuthz CR, include \
             auth_discovery_url in the referenced Secret, or ensure the OIDC_ISSUER_URL environment \
             variable is set on the operator pod",
        );
        refuses(
            &spec,
            &from("a: [", None),
            "secret all contains invalid value",
        );
    }

    #[test]
    fn an_invalid_secret_is_named_but_not_shown() {
        let spec = spec(&json!({ "oidc": { "secretRef": { "name": "oidc" } } }));
        let given = given().secrets([secret("oidc", &[("bad", "a: [")])]);
        refuses(&spec, &given, "secret bad contains invalid value");
    }
}
