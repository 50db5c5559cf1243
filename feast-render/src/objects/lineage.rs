//! The lineage server, in its own pods.

use std::collections::BTreeMap;

use feast_api::v1::{AuthzMode, LineageServer};
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{Container, PodSpec, PodTemplateSpec, Probe, Service};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use super::authorization::mode;
use super::service::{cluster_ip, scheme_port};
use crate::context::Context;
use crate::corrections::Correction;
use crate::documents::Documents;
use crate::error::Error;
use crate::names::types;
use crate::pod::{self, Attachment};
use crate::remote;
use crate::server::{Settings, Tls, scheme};

/// Mount path of its certificate.
pub(crate) const TLS_PATH: &str = "/tls/lineage/";

/// The port that the server listens on.
const fn port(tls: bool) -> i32 {
    if tls { 6581 } else { 6580 }
}

/// Rejects a lineage server that lacks something it requires.
fn check(context: &Context<'_>) -> Result<(), Error> {
    let Some(consumer) = context
        .consumer()
        .filter(|consumer| consumer.lineage_server.is_some())
    else {
        return Ok(());
    };
    let strict = context.corrects(Correction::LineageServerRefused);
    if strict && !consumer.enabled {
        return Err(Error::LineageWithoutConsumer);
    }
    let local = context.services.local_registry();
    let sql_registry = local.is_some_and(|registry| registry.database().is_some());
    if consumer.connection_string_secret_ref.is_none() && (strict || !sql_registry) {
        return Err(Error::LineageWithoutDatabase);
    }
    let registry = local.is_some() || remote::registry(context.applied).is_some();
    if !registry && needs_registry(context) {
        return Err(Error::LineageWithoutRegistry);
    }
    Ok(())
}

/// The reference intends to check `authz`, but only checks whether it is present, which it always
/// is.
fn needs_registry(context: &Context<'_>) -> bool {
    mode(context) != AuthzMode::NoAuth || !context.corrects(Correction::LineageWithoutAuthz)
}

/// The server's Service, unless the server is rejected.
pub(crate) fn service(context: &Context<'_>) -> Result<Option<Service>, Error> {
    check(context)?;
    let service = context
        .lineage_server()
        .map(|config| serve(context, config));
    service.map(|service| context.claim(service)).transpose()
}

/// The server's Deployment.
pub(crate) fn deployment(
    context: &Context<'_>,
    documents: &Documents,
) -> Result<Option<Deployment>, Error> {
    let config = context.lineage_server();
    let deployment = config.map(|config| run(context, config, documents));
    deployment
        .map(|deployment| context.claim(deployment))
        .transpose()
}

/// The active TLS settings; the reference ignores them.
fn tls<'a>(context: &Context<'_>, config: &'a LineageServer) -> Option<Tls<'a>> {
    let tls = config
        .server
        .as_ref()
        .and_then(|server| Tls::in_force(server.tls.as_ref()));
    tls.filter(|_| context.corrects(Correction::LineageTls))
}

fn serve(context: &Context<'_>, config: &LineageServer) -> Service {
    let labels = context.names.lineage_labels();
    let metadata = context.metadata(context.names.of_type(types::LINEAGE), labels.clone());
    let tls = tls(context, config).is_some();
    cluster_ip(metadata, labels, vec![scheme_port(tls, port(tls))])
}

fn run(context: &Context<'_>, config: &LineageServer, documents: &Documents) -> Deployment {
    let labels = context.names.lineage_labels();
    let annotations = pod::lineage_revision(context, documents).map(|revision| [revision].into());
    Deployment {
        metadata: context.metadata(context.names.of_type(types::LINEAGE), labels.clone()),
        spec: Some(DeploymentSpec {
            replicas: Some(config.replicas.unwrap_or(1)),
            selector: LabelSelector {
                match_labels: Some(labels.clone()),
                ..LabelSelector::default()
            },
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(labels),
                    annotations,
                    ..ObjectMeta::default()
                }),
                spec: Some(pod_spec(context, config, documents)),
            },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

/// Without the correction, only the container's image, environment variables and resources are
/// used.
fn pod_spec(context: &Context<'_>, config: &LineageServer, documents: &Documents) -> PodSpec {
    let settings = config
        .server
        .as_ref()
        .map_or(Settings::NONE, Settings::from);
    let attachments = pod::lineage_attachments(context, tls(context, config));
    let mut container = container(context, config, &settings, documents);
    let whole = context.corrects(Correction::LineagePod);
    if whole {
        container.env_from = Some(settings.env_from.to_vec()).filter(|sources| !sources.is_empty());
        container.image_pull_policy = settings.image_pull_policy.map(str::to_owned);
        container.volume_mounts =
            Some(settings.volume_mounts.to_vec()).filter(|mounts| !mounts.is_empty());
    }
    Attachment::mount_all(&attachments, None, &mut container);
    let own = attachments.into_iter().map(|attachment| attachment.volume);
    let given = context.services.volumes.iter().flatten().filter(|_| whole);
    let volumes: Vec<_> = own.chain(given.cloned()).collect();
    let pod = PodSpec {
        containers: vec![container],
        volumes: Some(volumes).filter(|volumes| !volumes.is_empty()),
        ..PodSpec::default()
    };
    if !whole {
        return pod;
    }
    let selector = context
        .services
        .node_selector
        .iter()
        .chain(settings.node_selector)
        .flatten();
    let selector: BTreeMap<_, _> = selector
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    PodSpec {
        service_account_name: Some(context.names.feast().to_owned()),
        security_context: context.services.security_context.clone(),
        node_selector: Some(selector).filter(|selector| !selector.is_empty()),
        tolerations: context.services.tolerations.clone(),
        ..pod
    }
}

fn container(
    context: &Context<'_>,
    config: &LineageServer,
    settings: &Settings<'_>,
    documents: &Documents,
) -> Container {
    let image = settings.image.filter(|image| !image.is_empty());
    let image = image.map_or_else(|| context.init_image(), str::to_owned);
    let mut env = settings.env.to_vec();
    env.extend(pod::lineage_variable(context, documents));
    let tls = tls(context, config);
    let port = port(tls.is_some());
    Container {
        name: types::LINEAGE.to_owned(),
        image: Some(image).filter(|image| !image.is_empty()),
        command: Some(command(context, settings)),
        args: Some(arguments(tls, port)),
        env: Some(env),
        ports: Some(vec![pod::port(scheme(tls.is_some()).0, port)]),
        readiness_probe: Some(Probe {
            initial_delay_seconds: Some(10),
            period_seconds: Some(10),
            ..pod::tcp(port)
        }),
        resources: settings.resources.cloned(),
        ..Container::default()
    }
}

fn command(context: &Context<'_>, settings: &Settings<'_>) -> Vec<String> {
    let level = settings
        .log_level
        .filter(|_| context.corrects(Correction::LineagePod));
    let level = level.map(|level| ["--log-level".to_owned(), level.as_str().to_uppercase()]);
    let serve = ["serve_lineage", "-h", "0.0.0.0"].map(str::to_owned);
    let feast = std::iter::once("feast".to_owned());
    feast
        .chain(level.into_iter().flatten())
        .chain(serve)
        .collect()
}

fn arguments(tls: Option<Tls<'_>>, port: i32) -> Vec<String> {
    let files = tls.map(|tls| {
        let file = |file| format!("{TLS_PATH}{file}");
        [
            "--key".to_owned(),
            file(tls.key),
            "--cert".to_owned(),
            file(tls.crt),
        ]
    });
    let port = ["-p".to_owned(), port.to_string()];
    files.into_iter().flatten().chain(port).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::corrections::Corrections;
    use crate::testing::{given, with_context};

    /// Whether a lineage server is rejected with this registry and authorization.
    fn refused(
        registry: &Value,
        authz: &Value,
        consumer: &Value,
        corrections: Corrections,
    ) -> Option<Error> {
        let spec = json!({
            "feastProject": "a",
            "authz": authz,
            "services": {"registry": registry},
            "openlineage": {"enabled": true, "consumer": consumer},
        });
        let given = given().corrections(corrections);
        with_context(&spec, &given, check).err()
    }

    #[test]
    fn events_need_a_database() {
        let consumer = json!({"enabled": true, "lineageServer": {}});
        let sql = json!({"type": "sql", "secretRef": {"name": "stores"}});
        let sql = json!({"local": {"persistence": {"store": sql}}});
        let strict = Corrections::NONE.with(Correction::LineageServerRefused);
        for (registry, corrections, expected) in [
            (&sql, Corrections::NONE, None),
            (&sql, strict, Some(Error::LineageWithoutDatabase)),
            (
                &json!({}),
                Corrections::NONE,
                Some(Error::LineageWithoutDatabase),
            ),
        ] {
            let found = refused(registry, &json!(null), &consumer, corrections);
            assert_eq!(found, expected, "{registry}");
        }
    }

    #[test]
    fn authorization_needs_a_registry() {
        let consumer = json!({
            "enabled": true, "lineageServer": {}, "connectionStringSecretRef": {"name": "lineage"},
        });
        let corrected = Corrections::NONE.with(Correction::LineageWithoutAuthz);
        let none = json!({"noAuth": true});
        for (authz, corrections, is_refused) in [
            (&json!({"kubernetes": {}}), corrected, true),
            (&json!({"oidc": {}}), corrected, true),
            (&none, corrected, false),
            (&none, Corrections::NONE, true),
        ] {
            let found = refused(&json!(null), authz, &consumer, corrections);
            let expected = is_refused.then_some(Error::LineageWithoutRegistry);
            assert_eq!(found, expected, "{authz}");
        }
    }

    #[test]
    fn the_default_image_is_that_of_init_containers() {
        let spec = json!({"feastProject": "a", "services": {"initImage": "init"}});
        with_context(&spec, &given(), |context| {
            let documents = Documents::of(&context.facts()).expect("documents");
            for (image, expected) in [(None, "init"), (Some(""), "init"), (Some("own"), "own")] {
                let settings = Settings {
                    image,
                    ..Settings::NONE
                };
                let config = LineageServer::default();
                let container = container(context, &config, &settings, &documents);
                assert_eq!(container.image.as_deref(), Some(expected));
            }
        });
    }
}
