//! The webhook's registration and certificate.

use apimachinery::labels::{Operator, ParseSelectorError, Requirement, Selector};
use clap::ValueEnum;
use k8s_openapi::api::admissionregistration::v1::{
    MatchCondition, RuleWithOperations, ServiceReference, ValidatingWebhook,
    ValidatingWebhookConfiguration, WebhookClientConfig,
};
use k8s_openapi::api::core::v1::Secret;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{
    LabelSelector, LabelSelectorRequirement, ObjectMeta,
};
use serde_json::{Value, json};

use super::{Installation, NAME, Webhook, cluster_metadata, metadata};
use crate::webhook::{PATH, hosts};

/// The Secret with the certificate and its key.
pub(super) const SECRET: &str = "feast-operator-webhook";

/// How API servers call the webhook.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Webhook")]
pub struct Registration {
    /// What happens to a request if the webhook does not respond
    #[arg(long = "webhook-failure-policy", value_enum, default_value_t = FailurePolicy::Ignore)]
    pub failure_policy: FailurePolicy,
    /// Timeout in seconds
    #[arg(long = "webhook-timeout", value_name = "SECONDS", default_value_t = 5,
        value_parser = clap::value_parser!(i32).range(1..=30))]
    pub timeout: i32,
    /// Label selector for the namespaces whose FeatureStores are reviewed, as in kubectl [default:
    /// the watched namespaces]
    #[arg(long = "webhook-namespace-selector", value_name = "SELECTOR", value_parser = namespaces)]
    pub namespace_selector: Option<LabelSelector>,
}

/// What happens to a request if the webhook does not respond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailurePolicy {
    /// Admit it: the CRD has the rules, too
    Ignore,
    /// Reject it, unless the FeatureStore is being deleted
    Fail,
}

impl FailurePolicy {
    fn as_str(self) -> &'static str {
        match self {
            Self::Ignore => "Ignore",
            Self::Fail => "Fail",
        }
    }
}

/// Why a label selector cannot be used for a webhook.
#[derive(Debug, thiserror::Error)]
enum BadSelector {
    #[error(transparent)]
    Parse(#[from] ParseSelectorError),
    #[error("`{0}`: a webhook's label selector cannot compare numbers")]
    Compares(String),
}

/// The objects for serving a webhook.
#[derive(Default)]
pub(super) struct Serving {
    pub(super) secret: Option<Secret>,
    pub(super) cert_manager: Vec<Value>,
    pub(super) configuration: Option<ValidatingWebhookConfiguration>,
}

pub(super) fn make(installation: &Installation) -> Serving {
    match installation.webhook {
        Webhook::None => Serving::default(),
        Webhook::SelfSigned => Serving {
            // The operator fills it.
            secret: Some(Secret {
                metadata: ObjectMeta {
                    name: Some(SECRET.to_owned()),
                    ..metadata(installation)
                },
                ..Secret::default()
            }),
            configuration: Some(configuration(installation)),
            ..Serving::default()
        },
        Webhook::CertManager => {
            let mut configuration = configuration(installation);
            let source = format!("{}/{SECRET}", installation.operator_namespace);
            let annotation = ("cert-manager.io/inject-ca-from".to_owned(), source);
            configuration.metadata.annotations = Some([annotation].into());
            Serving {
                cert_manager: cert_manager(installation),
                configuration: Some(configuration),
                ..Serving::default()
            }
        }
    }
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
            "dnsNames": hosts(&installation.operator_namespace),
            "issuerRef": { "kind": "Issuer", "name": SECRET },
        },
    });
    vec![issuer, certificate]
}

/// A label selector as in objects.
fn namespaces(text: &str) -> Result<LabelSelector, BadSelector> {
    let selector: Selector = text.parse()?;
    let requirement = |requirement: &Requirement| {
        let operator = match requirement.operator() {
            Operator::Exists => "Exists",
            Operator::DoesNotExist => "DoesNotExist",
            Operator::Equals | Operator::DoubleEquals | Operator::In => "In",
            Operator::NotEquals | Operator::NotIn => "NotIn",
            Operator::GreaterThan | Operator::LessThan => {
                return Err(BadSelector::Compares(requirement.key().to_owned()));
            }
        };
        let values: Vec<_> = requirement.values().map(str::to_owned).collect();
        Ok(LabelSelectorRequirement {
            key: requirement.key().to_owned(),
            operator: operator.to_owned(),
            values: (!values.is_empty()).then_some(values),
        })
    };
    let requirements = selector.requirements().iter().map(requirement);
    Ok(LabelSelector {
        match_expressions: Some(requirements.collect::<Result<_, _>>()?),
        ..LabelSelector::default()
    })
}

/// Selects the operator's namespaces; `None` for all.
fn looked_after(installation: &Installation) -> Option<LabelSelector> {
    let names = &installation.namespaces;
    (!names.is_empty()).then(|| LabelSelector {
        match_expressions: Some(vec![LabelSelectorRequirement {
            key: "kubernetes.io/metadata.name".to_owned(),
            operator: "In".to_owned(),
            values: Some(names.clone()),
        }]),
        ..LabelSelector::default()
    })
}

/// Excludes objects that are being deleted, so that an unavailable operator cannot block their
/// deletion.
fn not_deleted() -> MatchCondition {
    MatchCondition {
        name: "not-being-deleted".to_owned(),
        expression: "oldObject == null || !has(oldObject.metadata.deletionTimestamp)".to_owned(),
    }
}

fn configuration(installation: &Installation) -> ValidatingWebhookConfiguration {
    let registration = &installation.registration;
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
            service: Some(ServiceReference {
                name: NAME.to_owned(),
                namespace: installation.operator_namespace.clone(),
                path: Some(PATH.to_owned()),
                ..ServiceReference::default()
            }),
            ..WebhookClientConfig::default()
        },
        failure_policy: Some(registration.failure_policy.as_str().to_owned()),
        match_conditions: Some(vec![not_deleted()]),
        namespace_selector: registration
            .namespace_selector
            .clone()
            .or_else(|| looked_after(installation)),
        rules: Some(vec![rule]),
        side_effects: "None".to_owned(),
        timeout_seconds: Some(registration.timeout),
        ..ValidatingWebhook::default()
    };
    ValidatingWebhookConfiguration {
        metadata: cluster_metadata(),
        webhooks: Some(vec![webhook]),
    }
}
