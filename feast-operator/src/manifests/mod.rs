//! The manifests that install the operator.

pub mod chart;
mod dashboard;
mod deployment;
mod monitoring;
mod operations;
mod rbac;
mod shared;
mod webhook;

use clap::ValueEnum;
use k8s_openapi::api::core::v1::{Namespace, Secret, Service};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

use feast_api::Release;
use feast_render::{OperatorSettings, Platform};

pub use rbac::{allows, namespaced_rules};
pub use shared::shared_cluster_roles;
pub use webhook::{FailurePolicy, Registration};

use crate::settings::Settings;

/// Name of every installed object.
const NAME: &str = crate::MANAGER;
/// Ports, with their names.
const METRICS: (&str, i32) = ("metrics", 8080);
const WEBHOOK: (&str, i32) = ("webhook", 9443);
/// The label that selects the operator's pods.
const LABEL: &str = "app.kubernetes.io/name";

/// How to install the operator.
#[derive(Clone, Debug, clap::Args)]
pub struct Installation {
    /// Namespace of the operator
    #[arg(
        long,
        value_name = "NAMESPACE",
        default_value = "feast-operator-system"
    )]
    pub operator_namespace: String,
    /// Namespaces to watch [default: all]
    #[arg(long = "namespace", value_name = "NAMESPACE", value_delimiter = ',')]
    pub namespaces: Vec<String>,
    /// Image of the operator
    #[arg(long, value_name = "IMAGE", default_value = concat!("feast-operator:", env!("CARGO_PKG_VERSION")))]
    pub image: String,
    /// Number of replicas; one is the leader, the others stand by, and all serve the webhook.
    /// Several are spread over nodes, and evicted one at a time
    #[arg(long, value_name = "COUNT", default_value_t = 1)]
    pub replicas: i32,
    /// Issuer of the webhook's certificate
    #[arg(long, value_enum, default_value_t = Webhook::SelfSigned)]
    pub webhook: Webhook,
    /// How API servers call the webhook.
    #[command(flatten)]
    pub registration: Registration,
    /// Add a NetworkPolicy that admits only traffic to the served ports
    #[arg(long)]
    pub network_policy: bool,
    /// Add a ServiceMonitor and alerts, which need the Prometheus operator, and a Grafana dashboard
    #[arg(long)]
    pub monitoring: bool,
    /// Omit the CustomResourceDefinition
    #[arg(long)]
    pub no_crd: bool,
    /// Flags of `feast-operator run`, after `--`; `--hardened` is added unless they have
    /// `--corrections` or `--store-yaml`
    #[arg(last = true, value_name = "ARGUMENT")]
    pub arguments: Vec<String>,
}

/// Whether there is a webhook, and who issues its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Webhook {
    /// No webhook
    None,
    /// The operator issues and renews the certificate
    SelfSigned,
    /// cert-manager, which must be installed, issues the certificate
    CertManager,
}

/// Why there are no manifests.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The further arguments are not valid for `feast-operator run`.
    #[error(transparent)]
    Arguments(#[from] clap::Error),
    /// An object cannot be written as JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// The shared ClusterRoles cannot be determined.
    #[error("cannot determine the shared ClusterRoles: {0}")]
    Shared(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Installation {
    /// The operator's arguments besides those of the installation.
    fn run_arguments(&self) -> Result<Vec<String>, clap::Error> {
        let settings = Settings::from_arguments(&self.arguments)?;
        let hardened = (!settings.duties.rendering.is_chosen()).then(|| "--hardened".to_owned());
        Ok(hardened
            .into_iter()
            .chain(self.arguments.iter().cloned())
            .collect())
    }

    /// The rendering settings.
    fn operator(&self, platform: Platform) -> Result<OperatorSettings, clap::Error> {
        let mut settings = Settings::from_arguments(&self.run_arguments()?)?;
        settings.duties.operator_namespace = Some(self.operator_namespace.clone());
        Ok(settings.duties.operator(platform))
    }

    /// The Feast release that the operator renders as.
    fn release(&self) -> Result<Release, clap::Error> {
        Ok(self.operator(Platform::kubernetes())?.release.release())
    }

    /// The namespaces in which the operator will write discovery ConfigMaps, on any platform.
    fn discovery_namespaces(&self) -> Result<BTreeSet<String>, clap::Error> {
        let mut namespaces = BTreeSet::new();
        for platform in [Platform::kubernetes(), Platform::openshift()] {
            let operator = self.operator(platform)?;
            namespaces.extend(operator.discovery_namespace().map(str::to_owned));
        }
        Ok(namespaces)
    }
}

/// The objects to apply, in order.
///
/// # Errors
///
/// The further arguments are invalid.
pub fn manifests(installation: &Installation) -> Result<Vec<Value>, Error> {
    let mut objects = Objects::default();
    objects.add(&Namespace {
        metadata: ObjectMeta {
            name: Some(installation.operator_namespace.clone()),
            labels: Some(labels()),
            ..ObjectMeta::default()
        },
        ..Namespace::default()
    })?;
    if !installation.no_crd {
        objects.0.push(installation.release()?.crd());
    }
    rbac::add(installation, &mut objects)?;
    let serving = webhook::make(installation);
    if let Some(secret) = &serving.secret {
        objects.add::<Secret>(secret)?;
    }
    objects.add::<Service>(&deployment::service(installation))?;
    let arguments = installation.run_arguments()?;
    objects.add(&deployment::deployment(installation, &arguments))?;
    if let Some(budget) = operations::disruption_budget(installation) {
        objects.add(&budget)?;
    }
    if let Some(policy) = operations::network_policy(installation) {
        objects.add(&policy)?;
    }
    objects.0.extend(monitoring::monitoring(installation)?);
    objects.0.extend(serving.cert_manager);
    if let Some(configuration) = &serving.configuration {
        objects.add(configuration)?;
    }
    Ok(objects.0)
}

#[derive(Default)]
struct Objects(Vec<Value>);

impl Objects {
    fn add<K: Serialize>(&mut self, object: &K) -> serde_json::Result<()> {
        self.0.push(serde_json::to_value(object)?);
        Ok(())
    }
}

fn labels() -> BTreeMap<String, String> {
    [(LABEL.to_owned(), NAME.to_owned())].into()
}

/// Metadata of objects in the operator's namespace.
fn metadata(installation: &Installation) -> ObjectMeta {
    ObjectMeta {
        namespace: Some(installation.operator_namespace.clone()),
        ..cluster_metadata()
    }
}

/// Metadata of cluster-scoped objects.
fn cluster_metadata() -> ObjectMeta {
    ObjectMeta {
        name: Some(NAME.to_owned()),
        labels: Some(labels()),
        ..ObjectMeta::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use serde_json::json;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        installation: Installation,
    }

    fn made(arguments: &[&str]) -> Vec<Value> {
        let command = Command::parse_from([&["manifests"], arguments].concat());
        manifests(&command.installation).unwrap()
    }

    fn kinds(objects: &[Value]) -> Vec<&str> {
        objects
            .iter()
            .filter_map(|object| object["kind"].as_str())
            .collect()
    }

    fn of_kind<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
        objects
            .iter()
            .find(|object| object["kind"] == kind)
            .unwrap()
    }

    #[test]
    fn all_required_objects_are_there() {
        let expected = [
            "Namespace",
            "CustomResourceDefinition",
            "ServiceAccount",
            "ClusterRole",
            "ClusterRole",
            "ClusterRole",
            "ClusterRoleBinding",
            "Role",
            "RoleBinding",
            "Secret",
            "Service",
            "Deployment",
            "ValidatingWebhookConfiguration",
        ];
        assert_eq!(kinds(&made(&[])), expected);
    }

    #[test]
    fn several_replicas_are_spread_and_drained_one_by_one() {
        let spread = |objects: &[Value]| {
            let pod = &of_kind(objects, "Deployment")["spec"]["template"]["spec"];
            pod["topologySpreadConstraints"].clone()
        };
        let single = made(&[]);
        assert!(!kinds(&single).contains(&"PodDisruptionBudget"));
        assert_eq!(spread(&single), Value::Null);
        let several = made(&["--replicas", "2"]);
        let budget = &of_kind(&several, "PodDisruptionBudget")["spec"];
        assert_eq!(budget["maxUnavailable"], 1);
        let labels = &of_kind(&several, "Deployment")["spec"]["selector"];
        assert_eq!(budget["selector"], *labels);
        assert_eq!(spread(&several)[0]["labelSelector"], *labels);
    }

    #[test]
    fn only_served_ports_are_reachable() {
        let ports = |arguments: &[&str]| {
            let objects = made(arguments);
            let ingress = of_kind(&objects, "NetworkPolicy")["spec"]["ingress"][0].clone();
            let ports = ingress["ports"].as_array().unwrap().clone();
            ports
                .iter()
                .map(|port| port["port"].clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(ports(&["--network-policy"]), ["metrics", "webhook"]);
        assert_eq!(ports(&["--network-policy", "--webhook=none"]), ["metrics"]);
        assert!(!kinds(&made(&[])).contains(&"NetworkPolicy"));
    }

    #[test]
    fn monitoring_finds_the_service() {
        let objects = made(&["--monitoring"]);
        let monitor = &of_kind(&objects, "ServiceMonitor")["spec"];
        let service = of_kind(&objects, "Service");
        assert_eq!(
            monitor["selector"]["matchLabels"],
            service["metadata"]["labels"]
        );
        let ports = service["spec"]["ports"].as_array().unwrap();
        assert!(
            ports
                .iter()
                .any(|port| port["name"] == monitor["endpoints"][0]["port"])
        );
        assert!(kinds(&objects).contains(&"PrometheusRule"));
        assert!(!kinds(&made(&[])).contains(&"PrometheusRule"));
    }

    #[test]
    fn manifests_are_the_same_each_time() {
        for webhook in ["none", "self-signed", "cert-manager"] {
            let arguments = ["--webhook", webhook, "--namespace", "a"];
            assert_eq!(made(&arguments), made(&arguments));
        }
    }

    #[test]
    fn the_webhook_has_a_certificate() {
        let objects = made(&["--operator-namespace", "feast"]);
        assert_eq!(
            of_kind(&objects, "Secret")["data"],
            Value::Null,
            "the operator fills it"
        );
        let webhook = &of_kind(&objects, "ValidatingWebhookConfiguration")["webhooks"][0];
        assert_eq!(webhook["clientConfig"]["service"]["namespace"], "feast");
        let objects = made(&["--webhook", "none"]);
        assert!(!kinds(&objects).contains(&"ValidatingWebhookConfiguration"));
        let objects = made(&["--webhook", "cert-manager"]);
        assert!(kinds(&objects).contains(&"Certificate") && !kinds(&objects).contains(&"Secret"));
    }

    #[test]
    fn the_webhook_is_registered_as_asked() {
        let webhook = |arguments: &[&str]| {
            let objects = made(arguments);
            of_kind(&objects, "ValidatingWebhookConfiguration")["webhooks"][0].clone()
        };
        let default = webhook(&[]);
        assert_eq!(default["failurePolicy"], "Ignore");
        assert_eq!(default["timeoutSeconds"], 5);
        assert_eq!(default["namespaceSelector"], Value::Null);
        assert_eq!(default["matchConditions"][0]["name"], "not-being-deleted");
        let strict = webhook(&[
            "--webhook-failure-policy=fail",
            "--webhook-timeout=30",
            "--webhook-namespace-selector=team in (ml,risk),!sandbox,tier!=dev",
        ]);
        assert_eq!(strict["failurePolicy"], "Fail");
        assert_eq!(strict["timeoutSeconds"], 30);
        let expected = json!([
            { "key": "sandbox", "operator": "DoesNotExist" },
            { "key": "team", "operator": "In", "values": ["ml", "risk"] },
            { "key": "tier", "operator": "NotIn", "values": ["dev"] },
        ]);
        assert_eq!(strict["namespaceSelector"]["matchExpressions"], expected);
        let some = webhook(&["--namespace=a,b"]);
        let expected = json!([
            { "key": "kubernetes.io/metadata.name", "operator": "In", "values": ["a", "b"] },
        ]);
        assert_eq!(some["namespaceSelector"]["matchExpressions"], expected);
        for wrong in [
            "--webhook-timeout=31",
            "--webhook-namespace-selector=tier>3",
        ] {
            assert!(
                Command::try_parse_from(["manifests", wrong]).is_err(),
                "{wrong}"
            );
        }
    }

    #[test]
    fn arguments_are_passed_on_and_hardened_is_the_default() {
        for (further, expected) in [
            (&[][..], &["--hardened"][..]),
            (&["--no-finalizers"], &["--hardened", "--no-finalizers"]),
            (&["--hardened"], &["--hardened"]),
            (&["--corrections=none"], &["--corrections=none"]),
            (&["--store-yaml=secret"], &["--store-yaml=secret"]),
            #[cfg(feature = "opentelemetry")]
            (
                &["--otlp-endpoint", "https://collector:4318"],
                &["--hardened", "--otlp-endpoint", "https://collector:4318"],
            ),
        ] {
            let arguments = ["--namespace", "a,b", "--webhook", "none", "--"];
            let objects = made(&[&arguments, further].concat());
            let container =
                &of_kind(&objects, "Deployment")["spec"]["template"]["spec"]["containers"][0];
            let expected = [&["run", "--namespace=a,b"], expected].concat();
            assert_eq!(container["args"], json!(expected));
        }
    }

    #[test]
    fn permissions_can_be_limited_to_namespaces() {
        let objects = made(&["--namespace", "a,b"]);
        let roles = objects.iter().filter(|object| object["kind"] == "Role");
        let namespaces: Vec<_> = roles.map(|role| &role["metadata"]["namespace"]).collect();
        assert_eq!(
            namespaces,
            ["a", "b", "feast-operator-system", "feast-operator-system"]
        );
        let of_cluster = rules_of_the_cluster(&objects);
        let elsewhere = ["secrets", "pods", "pods/exec", "roles", "featurestores"];
        for rule in &of_cluster {
            let resources = rule["resources"].as_array().unwrap();
            let found = resources
                .iter()
                .find(|found| elsewhere.iter().any(|name| *found == name));
            assert_eq!(found, None);
        }
    }

    #[test]
    fn only_shared_cluster_roles_can_be_bound() {
        for arguments in [&[][..], &["--namespace=a"], &["--", "--release=main"]] {
            let objects = made(arguments);
            let is_shared = |object: &&Value| {
                object["kind"] == "ClusterRole" && object["metadata"]["name"] != NAME
            };
            let shared: Vec<_> = objects.iter().filter(is_shared).collect();
            let names: Vec<_> = shared
                .iter()
                .map(|role| &role["metadata"]["name"])
                .collect();
            let mut bound = Vec::new();
            for rule in rules_of_the_cluster(&objects) {
                let has = |field: &str, name: &str| {
                    rule[field]
                        .as_array()
                        .unwrap()
                        .iter()
                        .any(|found| found == name)
                };
                if has("verbs", "bind") {
                    bound.extend(rule["resourceNames"].as_array().unwrap().clone());
                } else if has("resources", "clusterroles") {
                    let writes = ["create", "update", "patch", "delete", "escalate", "*"];
                    assert!(!writes.iter().any(|verb| has("verbs", verb)), "{rule}");
                }
            }
            assert_eq!(bound.iter().collect::<Vec<_>>(), names);
            assert!(!names.is_empty());
        }
    }

    /// The operator's cluster-wide permissions.
    fn rules_of_the_cluster(objects: &[Value]) -> Vec<Value> {
        let own = objects
            .iter()
            .find(|object| object["kind"] == "ClusterRole" && object["metadata"]["name"] == NAME);
        own.unwrap()["rules"].as_array().unwrap().clone()
    }

    #[test]
    fn the_operator_may_write_discovery_config_maps() {
        let shared = |more: &[&str]| {
            let arguments = ["--operator-namespace", "feast", "--namespace", "a"];
            let objects = made(&[&arguments, more].concat());
            let roles = objects.into_iter().filter(|object| {
                object["kind"] == "Role" && object["metadata"]["name"] == "feast-operator-shared"
            });
            let namespaces = roles.map(|role| role["metadata"]["namespace"].clone());
            namespaces.collect::<Vec<_>>()
        };
        assert_eq!(shared(&[]), ["feast"]);
        let reference = shared(&["--", "--corrections", "none"]);
        assert_eq!(reference, ["feast", "feast-operator-system"]);
    }
}
