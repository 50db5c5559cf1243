//! The input for documents.

use std::collections::BTreeMap;

use feast_api::v1::{
    FeatureStoreServices, FeatureStoreSpec, OfflineStore, OnlineStore, Registry, ServiceHostnames,
};
use k8s_openapi::ByteString;

use super::error::Error;
use crate::changes::Change;
use crate::corrections::Correction;
use crate::inputs::Inputs;
use crate::names::{self, Names};
use crate::server::{ServerType, tls_path};

/// The mount path of the trusted CA bundle, if the cluster has one.
const CA_BUNDLE: &str = "/etc/pki/tls/custom-certs/ca-bundle.crt";

/// The input for documents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts<'a> {
    /// Name of the FeatureStore.
    pub(crate) name: &'a str,
    /// Its namespace.
    pub(crate) namespace: &'a str,
    /// Its spec with defaults.
    pub(crate) applied: &'a FeatureStoreSpec,
    /// Addresses of the servers, including the resolved address of a remote registry.
    pub(crate) hostnames: &'a ServiceHostnames,
    /// Whether the trusted CA bundle is mounted.
    pub(crate) odh_ca_bundle: bool,
    /// Secrets, ConfigMaps, the operator's environment and corrections.
    pub(crate) inputs: &'a Inputs,
}

impl<'a> Facts<'a> {
    fn services(&self) -> Option<&'a FeatureStoreServices> {
        self.applied.services.as_ref()
    }

    pub(super) fn offline_store(&self) -> Option<&'a OfflineStore> {
        self.services()?.offline_store.as_ref()
    }

    pub(super) fn online_store(&self) -> Option<&'a OnlineStore> {
        self.services()?.online_store.as_ref()
    }

    pub(super) fn registry(&self) -> Option<&'a Registry> {
        self.services()?.registry.as_ref()
    }

    /// Whether there is a lineage server.
    pub(super) fn has_lineage_server(&self) -> bool {
        self.applied.lineage_server().is_some()
    }

    pub(super) fn has(&self, change: Change) -> bool {
        self.inputs.has(change)
    }

    pub(super) fn corrects(&self, correction: Correction) -> bool {
        self.inputs.corrections().contains(correction)
    }

    /// The cluster address of the Service for `service_type`.
    pub(super) fn service_host(&self, service_type: &str) -> String {
        names::service_host(&Names::of(self.name).of_type(service_type), self.namespace)
    }

    /// The entries of a Secret.
    pub(super) fn secret(&self, name: &str) -> Result<&'a BTreeMap<String, ByteString>, Error> {
        static EMPTY: BTreeMap<String, ByteString> = BTreeMap::new();
        let secret = self.inputs.secret(name);
        let secret = secret.ok_or_else(|| Error::SecretNotFound {
            name: name.to_owned(),
        })?;
        Ok(secret.data.as_ref().unwrap_or(&EMPTY))
    }
}

/// The certificate file that clients must trust; by default the server's own certificate.
pub(super) fn trusted_path(ca_bundle: bool, server: ServerType, file: &str) -> String {
    if ca_bundle {
        CA_BUNDLE.to_owned()
    } else {
        [&tls_path(server), file].concat()
    }
}
