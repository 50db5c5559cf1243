//! Volumes and their mounts.

use k8s_openapi::api::core::v1::{
    ConfigMapVolumeSource, Container, EmptyDirVolumeSource, PersistentVolumeClaimVolumeSource,
    SecretVolumeSource, Volume, VolumeMount,
};

use crate::changes::Change;
use crate::context::Context;
use crate::corrections::Correction;
use crate::defaults::DATA_PATH;
use crate::names::CA_BUNDLE;
use crate::objects::lineage::TLS_PATH;
use crate::remote;
use crate::server::{ServerType, Tls, pvc, tls_path, tls_volume};

/// Stores that may have their own volume, in the order of the volumes.
const STORES: [ServerType; 3] = [
    ServerType::Registry,
    ServerType::Offline,
    ServerType::Online,
];

const CUSTOM_CERTS: &str = "/etc/pki/tls/custom-certs";
const OIDC_CA: &str = "oidc-ca-cert";

/// A volume and its mounts: in all init containers, and in the servers' containers that need it.
#[derive(Debug)]
pub(crate) struct Attachment {
    pub(crate) volume: Volume,
    mounts: Vec<VolumeMount>,
    /// The only server that needs it; `None` for all servers.
    only: Option<ServerType>,
    /// Whether it contains the feature repository.
    is_workplace: bool,
}

impl Attachment {
    /// Mounts everything that a server's container needs; `None` is an init container.
    pub(crate) fn mount_all(
        attachments: &[Self],
        server_type: Option<ServerType>,
        container: &mut Container,
    ) {
        Self::mount_some(attachments, container, |attachment| {
            attachment.only.is_none() || server_type.is_none() || attachment.only == server_type
        });
    }

    /// Mounts what an init container needs to create the feature repository.
    pub(super) fn mount_workplace(attachments: &[Self], container: &mut Container) {
        Self::mount_some(attachments, container, |attachment| attachment.is_workplace);
    }

    fn mount_some(
        attachments: &[Self],
        container: &mut Container,
        is_needed: impl Fn(&Self) -> bool,
    ) {
        let needed = attachments
            .iter()
            .filter(|attachment| is_needed(attachment));
        let mut mounts = needed
            .flat_map(|attachment| attachment.mounts.iter().cloned())
            .peekable();
        if mounts.peek().is_some() {
            container
                .volume_mounts
                .get_or_insert_default()
                .extend(mounts);
        }
    }

    /// A volume with one mount in every container.
    fn everywhere(volume: Volume, mount: VolumeMount) -> Self {
        Self {
            volume,
            mounts: vec![mount],
            only: None,
            is_workplace: false,
        }
    }
}

/// All volumes except the user's, in order.
pub(super) fn attachments(context: &Context<'_>) -> Vec<Attachment> {
    let mut attachments = Vec::new();
    attachments.extend(remote_certificate(context));
    attachments.extend(certificates(context));
    attachments.extend(ca_bundle(context));
    attachments.extend(oidc_ca(context));
    attachments.extend(STORES.into_iter().filter_map(|store| claim(context, store)));
    attachments.extend(data(context));
    attachments
}

/// The volumes of the lineage server: its certificate, and those that it trusts.
pub(crate) fn lineage_attachments(context: &Context<'_>, tls: Option<Tls<'_>>) -> Vec<Attachment> {
    let mut attachments = Vec::new();
    if context.corrects(Correction::LineageRegistryAddress) {
        attachments.extend(remote_certificate(context));
        let registry = |attachment: &Attachment| attachment.only == Some(ServerType::Registry);
        attachments.extend(certificates(context).filter(registry));
        attachments.extend(ca_bundle(context));
        attachments.extend(oidc_ca(context));
    }
    attachments.extend(tls.map(|tls| {
        let volume = secret("lineage-tls".to_owned(), tls.secret);
        let mount = read_only(&volume, TLS_PATH.to_owned());
        Attachment::everywhere(volume, mount)
    }));
    attachments
}

/// The certificates of the servers.
fn certificates<'a>(context: &'a Context<'_>) -> impl Iterator<Item = Attachment> + 'a {
    context.servers.iter().filter_map(|server| {
        let volume = secret(tls_volume(server.kind), server.tls?.secret);
        let mount = read_only(&volume, tls_path(server.kind));
        Some(Attachment {
            only: Some(server.kind),
            ..Attachment::everywhere(volume, mount)
        })
    })
}

/// The certificate to trust for a remote registry.
fn remote_certificate(context: &Context<'_>) -> Option<Attachment> {
    if context
        .server(ServerType::Registry)
        .is_some_and(|server| server.tls.is_some())
    {
        return None;
    }
    let tls = remote::registry(context.applied)?.tls.as_ref()?;
    let volume = config_map(&tls_volume(ServerType::Registry), &tls.config_map_ref.name);
    let mount = read_only(&volume, tls_path(ServerType::Registry));
    Some(Attachment::everywhere(volume, mount))
}

/// The cluster's trusted CA bundle.
fn ca_bundle(context: &Context<'_>) -> Option<Attachment> {
    let volume = context
        .ca_bundle
        .then(|| config_map(CA_BUNDLE, CA_BUNDLE))?;
    let also = context
        .has(Change::OdhCaBundle)
        .then_some("odh-ca-bundle.crt");
    let mounts = ["ca-bundle.crt"].into_iter().chain(also);
    let mounts = mounts.map(|file| file_of(&volume, format!("{CUSTOM_CERTS}/{file}"), file));
    Some(Attachment {
        mounts: mounts.collect(),
        volume,
        only: None,
        is_workplace: false,
    })
}

/// The CA of the OIDC provider.
fn oidc_ca(context: &Context<'_>) -> Option<Attachment> {
    let config = context.oidc()?.ca_cert_config_map.as_ref()?;
    let key = config
        .key
        .as_deref()
        .filter(|key| !key.is_empty())
        .unwrap_or("ca-bundle.crt");
    let volume = config_map(OIDC_CA, &config.name);
    let mount = file_of(&volume, "/etc/pki/tls/oidc-ca/ca.crt".to_owned(), key);
    Some(Attachment::everywhere(volume, mount))
}

/// The claim of a store, even if the store is disabled.
fn claim(context: &Context<'_>, store: ServerType) -> Option<Attachment> {
    let config = pvc(context.services, store)?;
    let name = context.names.of_type(store.name());
    let claim_name = config
        .ref_
        .as_ref()
        .map_or_else(|| name.clone(), |claim| claim.name.clone());
    let source = PersistentVolumeClaimVolumeSource {
        claim_name,
        ..PersistentVolumeClaimVolumeSource::default()
    };
    let volume = Volume {
        name,
        persistent_volume_claim: Some(source),
        ..Volume::default()
    };
    let mount = mount(&volume, config.mount_path.clone());
    Some(Attachment {
        is_workplace: store == ServerType::Offline,
        ..Attachment::everywhere(volume, mount)
    })
}

/// The volume for files of stores without a claim.
fn data(context: &Context<'_>) -> Option<Attachment> {
    if STORES
        .iter()
        .all(|store| pvc(context.services, *store).is_some())
    {
        return None;
    }
    let volume = Volume {
        name: "feast-data".to_owned(),
        empty_dir: Some(EmptyDirVolumeSource::default()),
        ..Volume::default()
    };
    let mount = mount(&volume, DATA_PATH.to_owned());
    Some(Attachment {
        is_workplace: true,
        ..Attachment::everywhere(volume, mount)
    })
}

fn secret(volume: String, name: &str) -> Volume {
    let source = SecretVolumeSource {
        secret_name: Some(name.to_owned()),
        ..SecretVolumeSource::default()
    };
    Volume {
        name: volume,
        secret: Some(source),
        ..Volume::default()
    }
}

fn config_map(volume: &str, name: &str) -> Volume {
    let source = ConfigMapVolumeSource {
        name: name.to_owned(),
        ..ConfigMapVolumeSource::default()
    };
    Volume {
        name: volume.to_owned(),
        config_map: Some(source),
        ..Volume::default()
    }
}

fn mount(volume: &Volume, path: String) -> VolumeMount {
    VolumeMount {
        name: volume.name.clone(),
        mount_path: path,
        ..VolumeMount::default()
    }
}

fn read_only(volume: &Volume, path: String) -> VolumeMount {
    VolumeMount {
        read_only: Some(true),
        ..mount(volume, path)
    }
}

/// One file of a volume.
fn file_of(volume: &Volume, path: String, file: &str) -> VolumeMount {
    VolumeMount {
        sub_path: Some(file.to_owned()),
        ..read_only(volume, path)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corrections::Corrections;
    use crate::testing::{given, with_context};

    #[test]
    fn the_lineage_server_trusts_its_registry() {
        let server = |secret: &str| json!({"tls": {"secretRef": {"name": secret}}});
        let spec = json!({"feastProject": "a", "services": {
            "onlineStore": {"server": server("online")},
            "registry": {"local": {"server": server("registry")}},
        }});
        let corrected = Corrections::NONE.with(Correction::LineageRegistryAddress);
        for (corrections, expected) in
            [(Corrections::NONE, &[][..]), (corrected, &["registry-tls"])]
        {
            let given = given().corrections(corrections);
            let found = with_context(&spec, &given, |context| lineage_attachments(context, None));
            let found: Vec<_> = found.into_iter().map(|found| found.volume.name).collect();
            assert_eq!(found, expected);
        }
    }
}
