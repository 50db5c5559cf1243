//! ConfigMaps for clients: their document, and the CA that they trust.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ConfigMap;

use crate::context::Context;
use crate::error::Error;
use crate::names::{INJECT_CA_ANNOTATION, STORE_YAML_KEY, types};
use crate::server::Server;

pub(crate) fn client(context: &Context<'_>, document: &str) -> Result<ConfigMap, Error> {
    let labels = context.names.typed_labels(types::CLIENT);
    let config_map = ConfigMap {
        metadata: context.metadata(context.names.of_type(types::CLIENT), labels),
        data: Some(BTreeMap::from([(
            STORE_YAML_KEY.to_owned(),
            document.to_owned(),
        )])),
        ..ConfigMap::default()
    };
    context.claim(config_map)
}

/// The ConfigMap into which OpenShift injects its CA. Needed if a server has a certificate of the
/// platform.
pub(crate) fn client_ca(context: &Context<'_>) -> Result<Option<ConfigMap>, Error> {
    if !has_managed_tls(context) {
        return Ok(None);
    }
    let mut metadata = context.metadata(context.names.client_ca(), context.names.labels());
    let annotation = (INJECT_CA_ANNOTATION.to_owned(), "true".to_owned());
    metadata.annotations = Some(BTreeMap::from([annotation]));
    context
        .claim(ConfigMap {
            metadata,
            ..ConfigMap::default()
        })
        .map(Some)
}

fn has_managed_tls(context: &Context<'_>) -> bool {
    let servers = context
        .servers
        .iter()
        .any(|server| is_managed(context, server));
    servers || has_managed_remote_tls(context)
}

/// Whether OpenShift creates the certificate of a server.
pub(crate) fn is_managed(context: &Context<'_>, server: &Server<'_>) -> bool {
    let managed = || crate::names::serving_secret(&server.certified_service(&context.names));
    context.openshift() && server.tls.is_some_and(|tls| tls.secret == managed())
}

fn has_managed_remote_tls(context: &Context<'_>) -> bool {
    let remote = crate::remote::registry(context.applied).and_then(|remote| remote.tls.as_ref());
    context.openshift()
        && remote.is_some_and(|tls| tls.config_map_ref.name == context.names.client_ca())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::Platform;
    use crate::testing::{given, with_context};

    #[test]
    fn a_remote_registry_with_a_platform_certificate_needs_the_ca() {
        let is_made = |trusted: &str, platform| {
            let tls = json!({"configMapRef": {"name": trusted}, "certName": "ca.crt"});
            let remote = json!({"hostname": "registry:443", "tls": tls});
            let spec = json!({"feastProject": "a", "services": {"registry": {"remote": remote}}});
            let given = given().platform(platform);
            with_context(&spec, &given, client_ca).is_ok_and(|made| made.is_some())
        };
        assert!(is_made("feast-sample-client-ca", Platform::openshift()));
        assert!(!is_made("feast-sample-client-ca", Platform::kubernetes()));
        assert!(!is_made("own", Platform::openshift()));
    }
}
