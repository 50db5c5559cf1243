//! The containers of the servers.

use feast_api::v1::MlflowConfig;
use k8s_openapi::api::core::v1::{Container, ContainerPort, EnvVar};

use super::volumes::Attachment;
use super::{env, probes};
use crate::context::Context;
use crate::server::{self, METRICS, METRICS_PORT, REGISTRY_REST, Server, ServerType};

/// The order of containers.
const ORDER: [ServerType; 4] = [
    ServerType::Registry,
    ServerType::Online,
    ServerType::Offline,
    ServerType::Ui,
];

/// The default authentication of MLflow's client.
const MLFLOW_AUTH: &str = "kubernetes-namespaced";

pub(super) fn containers(
    context: &Context<'_>,
    document: &EnvVar,
    attachments: &[Attachment],
) -> Vec<Container> {
    let repository = context.repository_path();
    let servers = ORDER
        .into_iter()
        .filter_map(|server_type| context.server(server_type));
    servers
        .map(|server| {
            let mut container = container(context, server, document);
            container.working_dir = Some(repository.clone());
            Attachment::mount_all(attachments, Some(server.kind), &mut container);
            container
        })
        .collect()
}

fn container(context: &Context<'_>, server: &Server<'_>, document: &EnvVar) -> Container {
    let settings = &server.settings;
    let mut container = Container {
        name: server.kind.name().to_owned(),
        image: settings
            .image
            .filter(|image| !image.is_empty())
            .map(str::to_owned),
        image_pull_policy: settings.image_pull_policy.map(str::to_owned),
        command: Some(command(server)),
        env: Some(variables(context, server, document)),
        env_from: Some(settings.env_from.to_vec()).filter(|sources| !sources.is_empty()),
        ports: Some(ports(server)),
        resources: settings.resources.cloned(),
        volume_mounts: Some(settings.volume_mounts.to_vec()).filter(|mounts| !mounts.is_empty()),
        ..Container::default()
    };
    probes::set(&mut container, server);
    container
}

fn variables(context: &Context<'_>, server: &Server<'_>, document: &EnvVar) -> Vec<EnvVar> {
    let mut variables = vec![document.clone()];
    env::extend(&mut variables, server.settings.env.iter().cloned());
    if let Some(mlflow) = context
        .applied
        .mlflow
        .as_ref()
        .filter(|mlflow| mlflow.enabled)
    {
        env::extend(&mut variables, mlflow_variables(mlflow));
    }
    if context.is_protected() {
        variables.push(env::variable("FEAST_PROTECTED_PROJECT", "true"));
    }
    variables
}

fn mlflow_variables(config: &MlflowConfig) -> impl Iterator<Item = EnvVar> {
    let auth = config.tracking_auth.as_deref().unwrap_or(MLFLOW_AUTH);
    let auth = Some(auth).filter(|auth| !auth.is_empty());
    let auth = auth.map(|auth| env::variable("MLFLOW_TRACKING_AUTH", auth));
    let uri = config.tracking_uri.as_ref();
    auth.into_iter()
        .chain(uri.map(|uri| env::variable("MLFLOW_TRACKING_URI", uri)))
}

fn command(server: &Server<'_>) -> Vec<String> {
    let mut command = vec!["feast".to_owned()];
    if let Some(level) = server.settings.log_level {
        command.extend(["--log-level".to_owned(), level.as_str().to_uppercase()]);
    }
    command.extend(
        server::command(server.kind)
            .iter()
            .map(|word| (*word).to_owned()),
    );
    match server.kind {
        ServerType::Registry => command.extend(registry_options(server)),
        ServerType::Online => {
            if server.settings.metrics {
                let after_serve = command.len() - server::command(server.kind).len() + 1;
                command.insert(after_serve, "--metrics".to_owned());
            }
            command.extend(worker_options(server));
        }
        ServerType::Offline | ServerType::Ui => {}
    }
    if let Some(tls) = server.tls {
        let path = server::tls_path(server.kind);
        let files = [("--key", tls.key), ("--cert", tls.crt)];
        command.extend(
            files
                .iter()
                .flat_map(|(option, file)| option_of(option, [&path, *file].concat())),
        );
    }
    command.extend(option_of("-p", server.port().to_string()));
    command
}

fn registry_options(server: &Server<'_>) -> Vec<String> {
    let grpc = if server.grpc { "--grpc" } else { "--no-grpc" };
    let mut options = vec![grpc.to_owned()];
    if server.rest {
        options.push("--rest-api".to_owned());
        options.extend(option_of("--rest-port", server.rest_port().to_string()));
    }
    options
}

fn worker_options(server: &Server<'_>) -> Vec<String> {
    let Some(config) = server.settings.worker_configs else {
        return Vec::new();
    };
    [
        ("--workers", config.workers),
        ("--worker-connections", config.worker_connections),
        ("--max-requests", config.max_requests),
        ("--max-requests-jitter", config.max_requests_jitter),
        ("--keep-alive-timeout", config.keep_alive_timeout),
        ("--registry_ttl_sec", config.registry_ttl_seconds),
    ]
    .into_iter()
    .filter_map(|(option, value)| Some(option_of(option, value?.to_string())))
    .flatten()
    .collect()
}

fn option_of(name: &str, value: String) -> [String; 2] {
    [name.to_owned(), value]
}

fn ports(server: &Server<'_>) -> Vec<ContainerPort> {
    let main = (server.kind.name(), server.port(), server.grpc);
    let rest = (REGISTRY_REST, server.rest_port(), server.rest);
    let metrics = (METRICS, METRICS_PORT, server.metrics);
    let offered = [main, rest, metrics]
        .into_iter()
        .filter(|(_, _, offered)| *offered);
    offered
        .map(|(name, number, _)| port(name, number))
        .collect()
}

/// A port of a container.
pub(crate) fn port(name: &str, number: i32) -> ContainerPort {
    ContainerPort {
        name: Some(name.to_owned()),
        container_port: number,
        protocol: Some("TCP".to_owned()),
        ..ContainerPort::default()
    }
}
