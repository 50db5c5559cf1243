//! The webhook's registration and certificate.

use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::{
    RuleWithOperations, ServiceReference, ValidatingWebhook, ValidatingWebhookConfiguration,
    WebhookClientConfig,
};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::{Value, json};

use super::{Error, Installation, NAME, Webhook, cluster_metadata, metadata};
use crate::webhook::PATH;

/// The Secret of the certificate and its key.
pub(super) const SECRET: &str = "feast-operator-webhook";

/// What a webhook takes.
#[derive(Default)]
pub(super) struct Serving {
    pub(super) secret: Option<Secret>,
    pub(super) cert_manager: Vec<Value>,
    pub(super) configuration: Option<ValidatingWebhookConfiguration>,
}

pub(super) fn make(installation: &Installation) -> Result<Serving, Error> {
    match installation.webhook {
        Webhook::None => Ok(Serving::default()),
        Webhook::SelfSigned => {
            let made = rcgen::generate_simple_self_signed(hosts(installation))?;
            let certificate = ByteString(made.cert.pem().into_bytes());
            let key = ByteString(made.signing_key.serialize_pem().into_bytes());
            let data = [("tls.crt", certificate.clone()), ("tls.key", key)];
            let secret = Secret {
                metadata: ObjectMeta {
                    name: Some(SECRET.to_owned()),
                    ..metadata(installation)
                },
                type_: Some("kubernetes.io/tls".to_owned()),
                data: Some(data.map(|(name, data)| (name.to_owned(), data)).into()),
                ..Secret::default()
            };
            Ok(Serving {
                secret: Some(secret),
                configuration: Some(configuration(installation, Some(certificate))),
                ..Serving::default()
            })
        }
        Webhook::CertManager => {
            let mut configuration = configuration(installation, None);
            let source = format!("{}/{SECRET}", installation.operator_namespace);
            let annotation = ("cert-manager.io/inject-ca-from".to_owned(), source);
            configuration.metadata.annotations = Some([annotation].into());
            Ok(Serving {
                cert_manager: cert_manager(installation),
                configuration: Some(configuration),
                ..Serving::default()
            })
        }
    }
}

/// Under which names API servers call it.
fn hosts(installation: &Installation) -> Vec<String> {
    let host = format!("{NAME}.{}.svc", installation.operator_namespace);
    vec![format!("{host}.cluster.local"), host]
}

/// <https://cert-manager.io/docs/configuration/selfsigned/>
fn cert_manager(installation: &Installation) -> Vec<Value> {
    let metadata = json!({ "name": SECRET, "namespace": installation.operator_namespace });
    let issuer = json!({
        "apiVersion": "cert-manager.io/v1",
        "kind": "Issuer",
        "metadata": metadata,
        "spec": { "selfSigned": {} },
    });
    let certificate = json!({
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": metadata,
        "spec": {
            "secretName": SECRET,
            "dnsNames": hosts(installation),
            "issuerRef": { "kind": "Issuer", "name": SECRET },
        },
    });
    vec![issuer, certificate]
}

fn configuration(
    installation: &Installation,
    ca_bundle: Option<ByteString>,
) -> ValidatingWebhookConfiguration {
    let owned = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
    let rule = RuleWithOperations {
        api_groups: owned(&[feast_api::GROUP]),
        api_versions: owned(&["v1", "v1alpha1"]),
        operations: owned(&["CREATE", "UPDATE"]),
        resources: owned(&["featurestores", "featurestores/scale"]),
        scope: Some("Namespaced".to_owned()),
    };
    let webhook = ValidatingWebhook {
        name: "featurestores.feast.dev".to_owned(),
        admission_review_versions: vec!["v1".to_owned()],
        client_config: WebhookClientConfig {
            ca_bundle,
            service: Some(ServiceReference {
                name: NAME.to_owned(),
                namespace: installation.operator_namespace.clone(),
                path: Some(PATH.to_owned()),
                ..ServiceReference::default()
            }),
            ..WebhookClientConfig::default()
        },
        // Its absence must stop nobody: the CRD has the rules, too.
        failure_policy: Some("Ignore".to_owned()),
        rules: Some(vec![rule]),
        side_effects: "None".to_owned(),
        timeout_seconds: Some(5),
        ..ValidatingWebhook::default()
    };
    ValidatingWebhookConfiguration {
        metadata: cluster_metadata(),
        webhooks: Some(vec![webhook]),
    }
}
