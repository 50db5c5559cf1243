//! Fills in the spec's defaults, for `status.applied`.

use feast_api::v1::{
    AuthzConfig, FeastCronJob, FeastInitOptions, FeastProjectDir, FeatureStoreServices,
    FeatureStoreSpec, KubernetesAuthz, LocalRegistryConfig, MlflowConfig, OfflineFileType,
    OfflineStore, OnlineStore, PvcConfig, TlsConfigs, TlsRemoteRegistryConfigs,
};
use k8s_openapi::api::core::v1::LocalObjectReference;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::canonical;
use crate::changes::Change;
use crate::corrections::Correction;
use crate::error::Error;
use crate::inputs::Inputs;
use crate::mlflow::MlflowServer;
use crate::names::{Names, serving_secret};
use crate::remote;
use crate::server::{Server, ServerType, TLS_CRT, TLS_KEY, Tls};

/// The directory of files that are not on a claim.
pub(crate) const DATA_PATH: &str = "/feast-data";

const CRON_JOB_IMAGE: &str = "quay.io/openshift/origin-cli:4.17";
const COMMANDS: [&str; 2] = [
    "feast apply",
    "feast materialize-incremental $(date -u +'%Y-%m-%dT%H:%M:%S')",
];

/// The spec with all defaults that do not depend on other objects.
pub(crate) fn applied(inputs: &Inputs) -> FeatureStoreSpec {
    let store = inputs.store();
    let mut applied = store.spec.clone();
    canonical::spec(&mut applied);
    if inputs.has(Change::KubernetesAuthorizationByDefault) {
        applied.authz.get_or_insert_with(|| AuthzConfig {
            kubernetes: Some(KubernetesAuthz::default()),
            ..AuthzConfig::default()
        });
    }
    applied
        .feast_project_dir
        .get_or_insert_with(|| FeastProjectDir {
            init: Some(FeastInitOptions::default()),
            ..FeastProjectDir::default()
        });
    let image = server_image(&applied, inputs);
    let services = applied.services.get_or_insert_default();
    if inputs.has(Change::FeastApplyOnInit) {
        services.run_feast_apply_on_init.get_or_insert(true);
    }
    fill_services(services, image, store.namespace());
    fill_cron_job(applied.cron_job.get_or_insert_default(), inputs);
    applied.mlflow = mlflow(applied.mlflow.take(), inputs.mlflow());
    applied
}

/// The default image of the servers.
pub(crate) fn server_image(applied: &FeatureStoreSpec, inputs: &Inputs) -> String {
    let packaged = applied
        .feast_project_dir
        .as_ref()
        .and_then(|dir| dir.packaged.as_ref());
    let packaged = packaged.and_then(|packaged| packaged.image.as_deref());
    let variable = inputs.environment().feature_server_image.as_deref();
    packaged
        .filter(|image| !image.is_empty())
        .or_else(|| image_variable(variable, inputs))
        .map_or_else(
            || inputs.settings().release.feature_server_image(),
            str::to_owned,
        )
}

/// The reference does not treat an empty variable as unset.
fn image_variable<'a>(variable: Option<&'a str>, inputs: &Inputs) -> Option<&'a str> {
    let corrected = inputs
        .corrections()
        .contains(Correction::EmptyImageVariables);
    variable.filter(|image| !(corrected && image.is_empty()))
}

fn fill_services(services: &mut FeatureStoreServices, image: String, namespace: &str) {
    if let Some(registry) = &mut services.registry {
        match &mut registry.remote {
            None => fill_registry(registry.local.get_or_insert_default(), &image),
            Some(remote) => {
                if let Some(reference) = &mut remote.feast_ref
                    && reference
                        .namespace
                        .as_deref()
                        .unwrap_or_default()
                        .is_empty()
                {
                    reference.namespace = Some(namespace.to_owned());
                }
            }
        }
    }
    if let Some(store) = &mut services.offline_store {
        fill_offline_store(store, &image);
    }
    fill_online_store(services.online_store.get_or_insert_default(), &image);
    if let Some(server) = &mut services.ui {
        server.image.get_or_insert(image);
    }
}

fn fill_registry(registry: &mut LocalRegistryConfig, image: &str) {
    let persistence = registry.persistence.get_or_insert_default();
    if persistence.store.is_none() {
        let file = persistence.file.get_or_insert_default();
        fill_path(&mut file.path, file.pvc.as_ref(), "registry.db");
        fill_pvc(file.pvc.as_mut(), "5Gi");
    }
    if let Some(server) = &mut registry.server {
        server.image.get_or_insert_with(|| image.to_owned());
        server.grpc.get_or_insert(true);
    }
}

fn fill_offline_store(store: &mut OfflineStore, image: &str) {
    let persistence = store.persistence.get_or_insert_default();
    if persistence.store.is_none() {
        let file = persistence.file.get_or_insert_default();
        file.type_.get_or_insert(OfflineFileType::Dask);
        fill_pvc(file.pvc.as_mut(), "20Gi");
    }
    if let Some(server) = &mut store.server {
        server.image.get_or_insert_with(|| image.to_owned());
    }
}

fn fill_online_store(store: &mut OnlineStore, image: &str) {
    if store.is_disabled() {
        return;
    }
    let persistence = store.persistence.get_or_insert_default();
    if persistence.store.is_none() {
        let file = persistence.file.get_or_insert_default();
        fill_path(&mut file.path, file.pvc.as_ref(), "online_store.db");
        fill_pvc(file.pvc.as_mut(), "5Gi");
    }
    let server = store.server.get_or_insert_default();
    server.image.get_or_insert_with(|| image.to_owned());
}

/// A relative path on a claim, otherwise a path in the default directory.
fn fill_path(path: &mut Option<String>, pvc: Option<&PvcConfig>, file: &str) {
    if path.as_deref().unwrap_or_default().is_empty() {
        *path = Some(match pvc {
            Some(_) => file.to_owned(),
            None => [DATA_PATH, "/", file].concat(),
        });
    }
}

fn fill_pvc(pvc: Option<&mut PvcConfig>, storage: &str) {
    let Some(create) = pvc.and_then(|pvc| pvc.create.as_mut()) else {
        return;
    };
    // An empty list means no access modes at all.
    let modes = create
        .access_modes
        .take()
        .unwrap_or_else(|| vec!["ReadWriteOnce".to_owned()]);
    create.access_modes = Some(modes).filter(|modes| !modes.is_empty());
    let requests = create
        .resources
        .get_or_insert_default()
        .requests
        .get_or_insert_default();
    requests
        .entry("storage".to_owned())
        .or_insert_with(|| Quantity(storage.to_owned()));
}

fn fill_cron_job(cron_job: &mut FeastCronJob, inputs: &Inputs) {
    if !cron_job.is_scheduled() {
        cron_job.schedule = Some("@yearly".to_owned());
        cron_job.suspend.get_or_insert(true);
        cron_job
            .concurrency_policy
            .get_or_insert_with(|| "Replace".to_owned());
        cron_job.starting_deadline_seconds.get_or_insert(5);
    }
    let configs = cron_job.container_configs.get_or_insert_default();
    configs.image.get_or_insert_with(|| {
        let variable = inputs.environment().cron_job_image.as_deref();
        image_variable(variable, inputs)
            .unwrap_or(CRON_JOB_IMAGE)
            .to_owned()
    });
    let commands = configs.commands.get_or_insert_default();
    if commands.is_empty() {
        commands.extend(COMMANDS.map(str::to_owned));
    }
}

/// The explicit settings, completed with the MLflow server found in the cluster.
fn mlflow(given: Option<MlflowConfig>, found: Option<&MlflowServer>) -> Option<MlflowConfig> {
    let mut config = match given {
        Some(config) if !config.enabled => return None,
        Some(config) => config,
        None if found.is_none() => return None,
        None => MlflowConfig {
            enabled: true,
            ..MlflowConfig::default()
        },
    };
    if let Some(found) = found {
        config
            .tracking_uri
            .get_or_insert_with(|| found.tracking_uri.clone());
        config.ui_url = config.ui_url.or_else(|| found.ui_url.clone());
    }
    Some(config)
}

/// Fills in TLS: certificates managed by OpenShift, and file names.
///
/// # Errors
///
/// The referenced FeatureStore is required but cannot be used.
pub(crate) fn fill_tls(applied: &mut FeatureStoreSpec, inputs: &Inputs) -> Result<(), Error> {
    if inputs.platform().openshift {
        let names = Names::of(inputs.store().name());
        fill_managed_tls(applied, &names);
        fill_managed_remote_tls(applied, &names, inputs)?;
    }
    let services = applied.services.get_or_insert_default();
    for server_type in ServerType::ALL {
        if let Some(Some(tls)) = tls_of(services, server_type) {
            fill_key_names(tls);
        }
    }
    Ok(())
}

/// On OpenShift, servers without TLS settings get a certificate of the platform.
fn fill_managed_tls(applied: &mut FeatureStoreSpec, names: &Names<'_>) {
    let secrets: Vec<_> = Server::all(applied)
        .iter()
        .map(|server| {
            (
                server.kind,
                serving_secret(&server.certified_service(names)),
            )
        })
        .collect();
    let services = applied.services.get_or_insert_default();
    for (server_type, secret) in secrets {
        if let Some(tls) = tls_of(services, server_type) {
            tls.get_or_insert_with(|| TlsConfigs {
                secret_ref: Some(LocalObjectReference { name: secret }),
                ..TlsConfigs::default()
            });
        }
    }
}

/// A registry of another FeatureStore with a platform certificate is trusted through the platform's
/// CA.
fn fill_managed_remote_tls(
    applied: &mut FeatureStoreSpec,
    names: &Names<'_>,
    inputs: &Inputs,
) -> Result<(), Error> {
    let registry = applied
        .services
        .as_mut()
        .and_then(|services| services.registry.as_mut());
    let Some(remote) = registry.and_then(|registry| registry.remote.as_mut()) else {
        return Ok(());
    };
    let Some(reference) = &remote.feast_ref else {
        return Ok(());
    };
    let referenced = remote::referenced(reference, inputs)?;
    if remote.tls.is_none() && remote::has_managed_tls(referenced) {
        remote.tls = Some(TlsRemoteRegistryConfigs {
            config_map_ref: LocalObjectReference {
                name: names.client_ca(),
            },
            cert_name: SERVICE_CA.to_owned(),
        });
    }
    Ok(())
}

/// The file of the platform's CA.
const SERVICE_CA: &str = "service-ca.crt";

/// The TLS settings of a server that exists.
fn tls_of(
    services: &mut FeatureStoreServices,
    server_type: ServerType,
) -> Option<&mut Option<TlsConfigs>> {
    Some(match server_type {
        ServerType::Registry => {
            let local = services.registry.as_mut()?.local.as_mut()?;
            &mut local.server.as_mut()?.tls
        }
        ServerType::Offline => &mut services.offline_store.as_mut()?.server.as_mut()?.tls,
        ServerType::Online => {
            let store = services.online_store.as_mut();
            &mut store
                .filter(|store| !store.is_disabled())?
                .server
                .as_mut()?
                .tls
        }
        ServerType::Ui => &mut services.ui.as_mut()?.tls,
    })
}

fn fill_key_names(tls: &mut TlsConfigs) {
    if Tls::in_force(Some(tls)).is_some() {
        let names = tls.secret_key_names.get_or_insert_default();
        fill_name(&mut names.tls_crt, TLS_CRT);
        fill_name(&mut names.tls_key, TLS_KEY);
    }
}

fn fill_name(name: &mut Option<String>, default: &str) {
    if name.as_deref().unwrap_or_default().is_empty() {
        *name = Some(default.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::Platform;
    use crate::testing::{given, store};

    #[test]
    fn mlflow_settings_are_completed_from_the_cluster() {
        let server = MlflowServer {
            tracking_uri: "http://found".to_owned(),
            ui_url: Some("https://found".to_owned()),
        };
        let config = |enabled, tracking_uri: Option<&str>| MlflowConfig {
            enabled,
            tracking_uri: tracking_uri.map(str::to_owned),
            ..MlflowConfig::default()
        };
        let completed = |tracking_uri| MlflowConfig {
            ui_url: server.ui_url.clone(),
            ..config(true, Some(tracking_uri))
        };
        for (given, found, expected) in [
            (None, None, None),
            (None, Some(&server), Some(completed("http://found"))),
            (Some(config(false, None)), Some(&server), None),
            (Some(config(true, None)), None, Some(config(true, None))),
            (
                Some(config(true, None)),
                Some(&server),
                Some(completed("http://found")),
            ),
            (
                Some(config(true, Some("http://own"))),
                Some(&server),
                Some(completed("http://own")),
            ),
        ] {
            assert_eq!(mlflow(given, found), expected);
        }
    }

    #[test]
    fn a_registry_with_a_platform_certificate_is_trusted() {
        let serving = |server| json!({"feastProject": "a", "services": {"registry": {"local": {"server": server}}}});
        let own_tls = json!({"tls": {"secretRef": {"name": "own"}}});
        let own_trust = json!({"configMapRef": {"name": "own"}, "certName": "ca.crt"});
        let (server, none) = (json!({}), json!(null));
        for (asked, served, tls, trusted) in [
            (&server, &own_tls, &none, Some("feast-sample-client-ca")),
            (&server, &none, &none, None),
            (&own_tls, &own_tls, &none, None),
            (&server, &own_tls, &own_trust, Some("own")),
        ] {
            let mut other = store(&serving(asked)).into_inner();
            other.metadata.name = Some("other".to_owned());
            let status = json!({"applied": serving(served)});
            other.status = serde_json::from_value(status).expect("a status");
            let remote = json!({"feastRef": {"name": "other"}, "tls": tls});
            let spec = json!({"feastProject": "a", "services": {"registry": {"remote": remote}}});
            let inputs = given()
                .platform(Platform::openshift())
                .objects([json!(other)])
                .inputs(&spec);
            let mut spec = applied(&inputs);
            fill_tls(&mut spec, &inputs).expect("the other is there");
            let tls = remote::registry(&spec).and_then(|remote| remote.tls.as_ref());
            assert_eq!(tls.map(|tls| tls.config_map_ref.name.as_str()), trusted);
        }
    }
}
