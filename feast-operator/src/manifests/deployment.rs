//! The operator's Deployment and Service.

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{
    Capabilities, Container, ContainerPort, EnvVar, EnvVarSource, HTTPGetAction,
    ObjectFieldSelector, PodSecurityContext, PodSpec, PodTemplateSpec, Probe, ResourceRequirements,
    SeccompProfile, SecretVolumeSource, SecurityContext, Service, ServicePort, ServiceSpec, Volume,
    VolumeMount,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::webhook::SECRET;
use super::{Installation, METRICS, NAME, WEBHOOK, Webhook, labels, metadata, operations};

const CERTIFICATES: &str = "/certificates";

pub(super) fn service(installation: &Installation) -> Service {
    let port = |(name, port): (&str, i32)| ServicePort {
        name: Some(name.to_owned()),
        port,
        target_port: Some(IntOrString::String(name.to_owned())),
        ..ServicePort::default()
    };
    let (name, _) = WEBHOOK;
    let webhook = has_webhook(installation).then(|| port((name, 443)));
    let webhook = webhook.map(|port| ServicePort {
        target_port: Some(IntOrString::String(name.to_owned())),
        ..port
    });
    Service {
        metadata: metadata(installation),
        spec: Some(ServiceSpec {
            selector: Some(labels()),
            ports: Some([port(METRICS)].into_iter().chain(webhook).collect()),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    }
}

/// The Deployment of the operator, with `further` arguments.
pub(super) fn deployment(installation: &Installation, further: &[String]) -> Deployment {
    let volumes = mounts(installation).then(|| {
        vec![Volume {
            name: "certificates".to_owned(),
            secret: Some(SecretVolumeSource {
                secret_name: Some(SECRET.to_owned()),
                ..SecretVolumeSource::default()
            }),
            ..Volume::default()
        }]
    });
    let pod = PodSpec {
        service_account_name: Some(NAME.to_owned()),
        security_context: Some(PodSecurityContext {
            run_as_non_root: Some(true),
            seccomp_profile: Some(SeccompProfile {
                type_: "RuntimeDefault".to_owned(),
                ..SeccompProfile::default()
            }),
            ..PodSecurityContext::default()
        }),
        containers: vec![container(installation, further)],
        topology_spread_constraints: operations::spread(installation),
        volumes,
        ..PodSpec::default()
    };
    Deployment {
        metadata: metadata(installation),
        spec: Some(DeploymentSpec {
            replicas: Some(installation.replicas),
            selector: LabelSelector {
                match_labels: Some(labels()),
                ..LabelSelector::default()
            },
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels()),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod),
            },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

fn container(installation: &Installation, further: &[String]) -> Container {
    let port = |(name, port): (&str, i32)| ContainerPort {
        name: Some(name.to_owned()),
        container_port: port,
        ..ContainerPort::default()
    };
    let webhook = has_webhook(installation).then(|| port(WEBHOOK));
    let mounts = mounts(installation).then(|| {
        vec![VolumeMount {
            name: "certificates".to_owned(),
            mount_path: CERTIFICATES.to_owned(),
            read_only: Some(true),
            ..VolumeMount::default()
        }]
    });
    Container {
        name: NAME.to_owned(),
        image: Some(installation.image.clone()),
        args: Some(arguments(installation, further)),
        env: Some(vec![
            field("POD_NAME", "metadata.name"),
            field("POD_NAMESPACE", "metadata.namespace"),
        ]),
        ports: Some([port(METRICS)].into_iter().chain(webhook).collect()),
        liveness_probe: Some(probe("/healthz")),
        readiness_probe: Some(probe("/readyz")),
        resources: Some(ResourceRequirements {
            requests: Some(quantities(&[("cpu", "50m"), ("memory", "64Mi")])),
            limits: Some(quantities(&[("memory", "256Mi")])),
            ..ResourceRequirements::default()
        }),
        security_context: Some(SecurityContext {
            allow_privilege_escalation: Some(false),
            capabilities: Some(Capabilities {
                drop: Some(vec!["ALL".to_owned()]),
                ..Capabilities::default()
            }),
            read_only_root_filesystem: Some(true),
            ..SecurityContext::default()
        }),
        volume_mounts: mounts,
        ..Container::default()
    }
}

fn arguments(installation: &Installation, further: &[String]) -> Vec<String> {
    let mut arguments = vec!["run".to_owned()];
    if !installation.namespaces.is_empty() {
        arguments.push(format!("--namespace={}", installation.namespaces.join(",")));
    }
    if has_webhook(installation) {
        arguments.push(format!("--webhook-listen=0.0.0.0:{}", WEBHOOK.1));
        arguments.push(if mounts(installation) {
            format!("--webhook-certificates={CERTIFICATES}")
        } else {
            format!("--webhook-secret={SECRET}")
        });
    }
    arguments.extend_from_slice(further);
    arguments
}

/// Whether the certificate is mounted, because something else issues it.
fn mounts(installation: &Installation) -> bool {
    installation.webhook == Webhook::CertManager
}

fn has_webhook(installation: &Installation) -> bool {
    installation.webhook != Webhook::None
}

fn field(name: &str, path: &str) -> EnvVar {
    EnvVar {
        name: name.to_owned(),
        value_from: Some(EnvVarSource {
            field_ref: Some(ObjectFieldSelector {
                field_path: path.to_owned(),
                ..ObjectFieldSelector::default()
            }),
            ..EnvVarSource::default()
        }),
        ..EnvVar::default()
    }
}

fn probe(path: &str) -> Probe {
    Probe {
        http_get: Some(HTTPGetAction {
            path: Some(path.to_owned()),
            port: IntOrString::String(METRICS.0.to_owned()),
            ..HTTPGetAction::default()
        }),
        ..Probe::default()
    }
}

fn quantities(pairs: &[(&str, &str)]) -> BTreeMap<String, Quantity> {
    let quantity = |(name, text): &(&str, &str)| ((*name).to_owned(), Quantity((*text).to_owned()));
    pairs.iter().map(quantity).collect()
}
