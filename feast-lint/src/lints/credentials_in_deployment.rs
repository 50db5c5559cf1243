use std::collections::BTreeSet;

use apimachinery::FieldPath;
use feast_api::v1::FeatureStoreSpec;
use feast_render::DocumentStorage;
use k8s_openapi::api::core::v1::{EnvVar, LocalObjectReference};
use serde_json::{Map, Value};

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::sdk;

pub(crate) static LINT: Lint = Lint {
    name: "credentials-in-deployment",
    group: Group::Security,
    level: Level::Warn,
    since: "0.1.0",
    summary: "credentials exposed to everyone who can read the Deployment",
    docs: Docs {
        why: "The operator writes `feature_store.yaml`, including values from Secrets, \
              base64-encoded into an environment variable of the Deployment. Many more people can \
              read Deployments than Secrets, and the values also end up in history, audit logs \
              and backups. Values such as `${PASSWORD}`, which Feast expands from the container's \
              environment, are not exposed, nor are variables with `valueFrom`. Variables with a \
              literal value are.",
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
        instead: "Write `${VARIABLE}` in the store's Secret, and put the values into another \
                  Secret that `envFrom` refers to.",
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
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    check_literals(cx, out);
    if cx.subject.inputs.storage() == DocumentStorage::InSecret {
        return;
    }
    for store in cx.configured() {
        report(&store.path(), store.parameters, store.source(), out);
    }
    for (block, place, secret) in OTHERS {
        let secret = secret(cx.spec()).and_then(|secret| cx.subject.inputs.secret(&secret.name));
        if secret.is_none() {
            continue;
        }
        let parameters = cx.document().pointer(block).and_then(Value::as_object);
        if let Some(parameters) = parameters {
            report(&FieldPath::of(place), parameters, "Secret", out);
        }
    }
}

/// Other blocks of the document with Secret data, with the references to the Secrets.
const OTHERS: [(&str, &str, SecretOf); 3] = [
    ("/auth", "spec.authz.oidc.secretRef", |spec| {
        spec.authz.as_ref()?.oidc.as_ref()?.secret_ref.as_ref()
    }),
    ("/openlineage", "spec.openlineage.apiKeySecretRef", |spec| {
        spec.openlineage.as_ref()?.api_key_secret_ref.as_ref()
    }),
    (
        "/openlineage/consumer",
        "spec.openlineage.consumer.connectionStringSecretRef",
        |spec| {
            spec.lineage_consumer()?
                .connection_string_secret_ref
                .as_ref()
        },
    ),
];

/// A reference to a Secret, if the spec has it.
type SecretOf = fn(&FeatureStoreSpec) -> Option<&LocalObjectReference>;

fn report(path: &FieldPath, parameters: &Map<String, Value>, source: &str, out: &mut Findings) {
    let secrets = parameters
        .iter()
        .filter(|(name, value)| value.as_str().is_some_and(|text| is_secret(name, text)));
    // A malformed Secret may have anything as parameter names, so unknown names are not shown.
    let names: BTreeSet<_> = secrets
        .map(|(name, _)| {
            if sdk::is_parameter(name) || KNOWN.contains(&name.as_str()) {
                format!("`{name}`")
            } else {
                "a parameter".to_owned()
            }
        })
        .collect();
    let names: Vec<_> = names.into_iter().collect();
    if !names.is_empty() {
        let end = if names.len() == 1 { "ends" } else { "end" };
        let names = names.join(", ");
        let message = format!("{names} of the {source} {end} up in the Deployment");
        out.add(path.clone(), message)
            .help("write `${VARIABLE}` instead, and set the variable from a Secret with `envFrom`");
    }
}

/// Parameters of blocks other than stores.
const KNOWN: [&str; 4] = ["api_key", "client_secret", "connection_string", "password"];

/// Variables with a credential as a literal value.
fn check_literals(cx: &Context<'_>, out: &mut Findings) {
    for server in &cx.servers {
        check_variables(server.config.env.as_deref(), || server.path.clone(), out);
    }
    let git = cx.git().and_then(|git| git.env.as_deref());
    let path = || FieldPath::of("spec.feastProjectDir.git");
    check_variables(git, path, out);
    let cron_job = cx.spec().cron_job.as_ref();
    let configs = cron_job.and_then(|cron_job| cron_job.container_configs.as_ref());
    let env = configs.and_then(|configs| configs.env.as_deref());
    let path = || FieldPath::of("spec.cronJob.containerConfigs");
    check_variables(env, path, out);
}

/// `path` is where the variables are set.
fn check_variables(variables: Option<&[EnvVar]>, path: impl Fn() -> FieldPath, out: &mut Findings) {
    for (position, variable) in variables.unwrap_or_default().iter().enumerate() {
        let value = variable.value.as_deref().unwrap_or_default();
        if is_secret(&variable.name.to_lowercase(), value) {
            let name = &variable.name;
            out.add(
                path().field("env").index(position).field("value"),
                format!(
                    "the value of `{name}` is readable by everyone who can read the Deployment"
                ),
            )
            .help("set it from a Secret with `valueFrom.secretKeyRef`");
        }
    }
}

/// Whether a parameter is a plain-text credential.
fn is_secret(name: &str, text: &str) -> bool {
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
    if text.is_empty() || text.contains('$') {
        return false;
    }
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
            assert_eq!(is_secret(name, value), secret, "{name} {value}");
        }
    }
}
