//! The lineage server, in pods of its own.

use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec};
use k8s_openapi::api::core::v1::{Container, PodSpec, PodTemplateSpec, Probe, Service};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use feast_api::v1::LineageServer;

use super::service::{cluster_ip, scheme_port};
use crate::context::Context;
use crate::deviations::Deviation;
use crate::documents::Documents;
use crate::error::{Error, Stage};
use crate::names::types;
use crate::plan::Plan;
use crate::pod;
use crate::remote;
use crate::server::{Settings, Tls, local_registry};

/// The port that the server listens on.
const PORT: i32 = 6580;

/// Refuses a lineage server that has nothing to work with.
pub(crate) fn check(context: &Context<'_>) -> Result<(), Error> {
    let Some(consumer) = context.consumer().filter(|consumer| consumer.lineage_server.is_some())
    else {
        return Ok(());
    };
    let strict = context.corrects(Deviation::LineageServerRefused);
    if strict && !consumer.enabled {
        return Err(Error::LineageWithoutConsumer);
    }
    let local = local_registry(context.services);
    let persistence = local.and_then(|registry| registry.persistence.as_ref());
    let sql_registry = persistence.is_some_and(|persistence| persistence.store.is_some());
    if consumer.connection_string_secret_ref.is_none() && (strict || !sql_registry) {
        return Err(Error::LineageWithoutDatabase);
    }
    let registry = local.is_some() || remote::registry(context.applied).is_some();
    if !registry && needs_registry(context) {
        return Err(Error::LineageWithoutRegistry);
    }
    Ok(())
}

/// The reference means to look at `authz`, but asks only whether it is there, which it always is.
fn needs_registry(context: &Context<'_>) -> bool {
    let authz = context.applied.authz.as_ref();
    let authorizes = authz.is_some_and(|authz| authz.kubernetes.is_some() || authz.oidc.is_some());
    authorizes || !context.corrects(Deviation::LineageWithoutAuthz)
}

/// Adds the server.
pub(crate) fn add(
    context: &Context<'_>,
    documents: &Documents,
    plan: &mut Plan,
) -> Result<(), Error> {
    let Some(config) = context.lineage_server() else { return Ok(()) };
    let deployment = deployment(context, config, documents);
    plan.lineage_deployment = Some(context.claim(Stage::LineageServer, deployment)?);
    plan.services.push(context.claim(Stage::LineageServer, service(context, config))?);
    Ok(())
}

/// The TLS in force; the reference ignores it.
fn tls<'a>(context: &Context<'_>, config: &'a LineageServer) -> Option<Tls<'a>> {
    let tls = config.server.as_ref().and_then(|server| Tls::in_force(server.tls.as_ref()));
    tls.filter(|_| context.corrects(Deviation::LineageTls))
}

fn service(context: &Context<'_>, config: &LineageServer) -> Service {
    let labels = context.names.lineage_labels();
    let metadata = context.metadata(context.names.of_type(types::LINEAGE), labels.clone());
    cluster_ip(metadata, labels, vec![scheme_port(tls(context, config).is_some(), PORT)])
}

fn deployment(
    context: &Context<'_>,
    config: &LineageServer,
    documents: &Documents,
) -> Deployment {
    let labels = context.names.lineage_labels();
    let annotations = documents.lineage_revision(context).map(|revision| [revision].into());
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
                spec: Some(pod(context, config, documents)),
            },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    }
}

fn pod(context: &Context<'_>, config: &LineageServer, documents: &Documents) -> PodSpec {
    let settings = config.server.as_ref().map(Settings::from);
    let pod = PodSpec {
        containers: vec![container(context, settings, documents)],
        ..PodSpec::default()
    };
    match settings {
        _ => pod,
    }
}

fn container(
    context: &Context<'_>,
    settings: Option<Settings<'_>>,
    documents: &Documents,
) -> Container {
    let image = settings.and_then(|settings| settings.image).filter(|image| !image.is_empty());
    let image = image.map_or_else(|| context.init_image(), str::to_owned);
    let mut env = settings.map(|settings| settings.env.to_vec()).unwrap_or_default();
    env.extend(documents.lineage_variable(context));
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    Container {
        name: types::LINEAGE.to_owned(),
        image: Some(image).filter(|image| !image.is_empty()),
        command: Some(owned(&["feast", "serve_lineage", "-h", "0.0.0.0"])),
        args: Some(owned(&["-p", &PORT.to_string()])),
        env: Some(env),
        ports: Some(vec![pod::port("http", PORT)]),
        readiness_probe: Some(Probe {
            initial_delay_seconds: Some(10),
            period_seconds: Some(10),
            ..pod::tcp(PORT)
        }),
        resources: settings.and_then(|settings| settings.resources.cloned()),
        ..Container::default()
    }
}
