//! The pod of the servers.

mod containers;
mod documents;
mod env;
mod init_containers;
mod probes;
mod scheduling;
mod script;
mod volumes;

use k8s_openapi::api::core::v1::{EnvVar, PodSpec};

use crate::changes::Change;
use crate::context::Context;
use crate::error::Error;

pub(crate) use containers::port;
pub(crate) use documents::{
    lineage_revision, lineage_variable, service_revision, service_variable,
};
pub(crate) use env::extend;
pub(crate) use probes::tcp;
pub(crate) use volumes::{Attachment, lineage_attachments};

/// The variable with the service document in base64.
pub(crate) const SERVICE_VARIABLE: &str = "TMP_FEATURE_STORE_YAML_BASE64";

/// The pod; its containers get the service document from `document`.
pub(crate) fn pod(context: &Context<'_>, document: &EnvVar) -> PodSpec {
    let services = context.services;
    let attachments = volumes::attachments(context);
    let mut init_containers = init_containers::init_containers(context, document);
    for container in &mut init_containers {
        if context.has(Change::InitContainerMounts) {
            Attachment::mount_all(&attachments, None, container);
        } else {
            Attachment::mount_workplace(&attachments, container);
        }
    }
    let containers = containers::containers(context, document, &attachments);
    let volumes = attachments.into_iter().map(|attachment| attachment.volume);
    let volumes: Vec<_> = volumes
        .chain(services.volumes.iter().flatten().cloned())
        .collect();
    PodSpec {
        service_account_name: Some(context.names.feast().to_owned()),
        security_context: services.security_context.clone(),
        init_containers: Some(init_containers).filter(|containers| !containers.is_empty()),
        containers,
        volumes: Some(volumes).filter(|volumes| !volumes.is_empty()),
        node_selector: scheduling::node_selector(context),
        tolerations: services.tolerations.clone(),
        topology_spread_constraints: scheduling::topology_spread(context),
        affinity: scheduling::affinity(context),
        resource_claims: services.resource_claims.clone(),
        ..PodSpec::default()
    }
}

/// Rejects a spec that cannot be turned into a pod.
pub(crate) fn check(context: &Context<'_>) -> Result<(), Error> {
    init_containers::check_packaged_path(context)
}
