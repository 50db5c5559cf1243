use std::collections::BTreeSet;

use feast_render::StoreYaml;
use serde_json::Value;

use crate::context::Context;
use crate::finding::Findings;

use crate::lint::{Docs, Group, Level, Lint};
use crate::sdk;

pub(crate) static LINT: Lint = Lint {
    name: "credentials-in-deployment",
    group: Group::Security,
    level: Level::Warn,
    since: "0.1.0",
    summary: "credentials of Secrets that whoever may read the Deployment can read",
    docs: Docs {
        why: "The operator writes `feature_store.yaml`, with what it took from Secrets, in base64 \
              into an environment variable of the Deployment. Reading Deployments is granted much \
              more freely than reading Secrets, and their history, audit logs and backups have it, \
              too. Values such as `${PASSWORD}`, which Feast fills in from the environment of the \
              container, stay out of it.",
        sources: &[
            "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
            "https://docs.feast.dev/how-to-guides/structuring-repos#fetching-secrets",
        ],
        example: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  sql: |
    path: postgresql+psycopg://feast:secret@db/feast
  postgres: |
    host: db
    database: feast
    user: feast
    password: feast
---
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
",
        instead: "Write variables into the Secret of the store, and the values into another one that \
              `envFrom` names.",
        mended: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  sql: |
    path: ${SQL_PATH}
  postgres: |
    host: db
    database: feast
    user: ${DB_USER}
    password: ${DB_PASSWORD}
---
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
",
    },
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings) {
    if cx.subject.inputs.store_yaml() == StoreYaml::InSecret {
        return;
    }
    for store in cx.stores() {
        let secrets = store
            .parameters
            .iter()
            .filter(|(name, value)| is_secret(name, value));
        // Of a Secret that is not what it should be, anything may be taken for a name.
        let names: BTreeSet<_> = secrets
            .map(|(name, _)| {
                if sdk::is_known(name) {
                    format!("`{name}`")
                } else {
                    "a parameter".to_owned()
                }
            })
            .collect();
        let names: Vec<_> = names.into_iter().collect();
        if !names.is_empty() {
            out.add(
                store.path(),
                format!(
                    "{} of the Secret ends up in the Deployment",
                    names.join(", ")
                ),
            )
            .help("write `${VARIABLE}` instead, and set the variable by `envFrom` from a Secret");
        }
    }
}

/// Whether a parameter is a credential in plain text.
fn is_secret(name: &str, value: &Value) -> bool {
    const NAMES: [&str; 8] = [
        "password",
        "passphrase",
        "secret",
        "token",
        "api_key",
        "private_key",
        "credentials",
        "connection_string",
    ];
    let Some(text) = value
        .as_str()
        .filter(|text| !text.is_empty() && !text.contains('$'))
    else {
        return false;
    };
    let is_file = name.ends_with("_path") || name.ends_with("_file");
    let is_named = NAMES.iter().any(|part| name.contains(part)) && !is_file;
    let is_plain = name == "connection_string" && !text.contains("password");
    (is_named && !is_plain) || has_password(text)
}

/// Whether a URL has a password.
fn has_password(text: &str) -> bool {
    let rest = text.split_once("://").map(|(_, rest)| rest);
    let user = rest.and_then(|rest| rest.split(['/', '?']).next()?.rsplit_once('@'));
    user.is_some_and(|(user, _)| user.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_known_by_name_and_by_form() {
        for (name, value, secret) in [
            ("password", "x", true),
            ("password", "${PASSWORD}", false),
            ("user", "feast", false),
            ("path", "postgresql://u:p@db/feast", true),
            ("path", "postgresql://u@db/feast", false),
            ("path", "postgresql://db:5432/feast", false),
            ("connection_string", "redis:6379", false),
            ("connection_string", "redis:6379,password=x", true),
            ("sslkey_path", "/tls/key", false),
            ("private_key_path", "/tls/key", false),
            ("token_file", "/run/token", false),
            ("private_key_passphrase", "x", true),
        ] {
            assert_eq!(is_secret(name, &value.into()), secret, "{name} {value}");
        }
    }
}
