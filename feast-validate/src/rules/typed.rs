//! The rules on a typed spec: the same checks, with facts read from fields instead of JSON.

use feast_api::rules::{self as crd, Rule};
use feast_api::v1::{
    FeastProjectDir, FeatureStoreServices, FeatureStoreSpec, LocalRegistryConfig, MlflowConfig,
    OfflineStore, OnlineStore, OnlineStoreFilePersistence, PvcConfig, Registry,
    RegistryFilePersistence, RegistryServerConfigs, TlsConfigs,
};

use super::facts::{Choice, File, Mlflow, Pvc, RegistryServer, RepoPath, Spec, Stores, Tls};
use super::mlflow_extra_config::RESERVED;
use super::{
    authz_one_of, file_pvc_path, git_repo_path, mlflow_extra_config, online_file_absolute,
    online_file_no_object_store, packaged_repo_path, pdb_one_of, persistence_one_of,
    project_dir_one_of, pvc_mount_path, pvc_one_of, registry_file_absolute, registry_one_of,
    registry_pvc_no_object_store, registry_remote_one_of, registry_s3_settings,
    registry_server_mcp, registry_server_protocol, scaling_offline_store, scaling_online_store,
    scaling_registry, scaling_replicas_or_autoscaling, tls_secret_ref,
};
use crd_admission::compiled::Path;
use crd_admission::native::eval::{Eval, Fault, Field};
use crd_admission::{RuleFault, Violation};

/// Where violations go.
type Out = Vec<Violation>;

/// Reports a rule that does not hold.
fn demand(out: &mut Out, path: &Path<'_>, rule: &Rule, holds: Eval<bool>) {
    let message = rule.message;
    let fault = match holds {
        Ok(true) => return,
        Ok(false) => RuleFault::Broken { message },
        Err(why) => RuleFault::NotEvaluated { why, message },
    };
    let expression = rule.expression.into();
    out.push(Violation::of_rule(path.bracketed(), expression, fault));
}

/// Checks the rules of a spec and of all within.
pub(crate) fn check(spec: &FeatureStoreSpec, path: &Path<'_>, out: &mut Out) {
    // No rule on scaling has anything against a single replica.
    if spec.is_scaling() {
        check_scaling(spec, path, out);
    }
    if let Some(authz) = &spec.authz {
        let given = [
            authz.kubernetes.is_some(),
            authz.oidc.is_some(),
            authz.no_auth.is_some(),
        ];
        let holds = authz_one_of::check(&Choice::of(given));
        demand(out, &path.field("authz"), &crd::AUTHZ_ONE_OF, holds);
    }
    if let Some(project_dir) = &spec.feast_project_dir {
        check_project_dir(project_dir, &path.field("feastProjectDir"), out);
    }
    if let Some(mlflow) = &spec.mlflow {
        let holds = mlflow_extra_config::check(&Mlflow::of(mlflow));
        demand(out, &path.field("mlflow"), &crd::MLFLOW_EXTRA_CONFIG, holds);
    }
    if let Some(server) = spec.lineage_server() {
        let tls = server
            .server
            .as_ref()
            .and_then(|server| server.tls.as_ref());
        let path = path.field("openlineage");
        let path = path.field("consumer");
        let path = path.field("lineageServer");
        check_tls(tls, &path.field("server"), out);
    }
    if let Some(services) = &spec.services {
        check_services(services, &path.field("services"), out);
    }
}

fn check_scaling(spec: &FeatureStoreSpec, path: &Path<'_>, out: &mut Out) {
    let facts = Spec::of(spec);
    let holds = scaling_replicas_or_autoscaling::check(&facts);
    demand(out, path, &crd::SCALING_REPLICAS_OR_AUTOSCALING, holds);
    let holds = scaling_online_store::check(&facts);
    demand(out, path, &crd::SCALING_ONLINE_STORE, holds);
    let holds = scaling_offline_store::check(&facts);
    demand(out, path, &crd::SCALING_OFFLINE_STORE, holds);
    let holds = scaling_registry::check(&facts);
    demand(out, path, &crd::SCALING_REGISTRY, holds);
}

fn check_project_dir(project_dir: &FeastProjectDir, path: &Path<'_>, out: &mut Out) {
    let FeastProjectDir {
        git,
        init,
        packaged,
    } = project_dir;
    let given = [git.is_some(), init.is_some(), packaged.is_some()];
    let holds = project_dir_one_of::check(&Choice::of(given));
    demand(out, path, &crd::PROJECT_DIR_ONE_OF, holds);
    if let Some(git) = git {
        let holds = git_repo_path::check(&RepoPath::of(git.feature_repo_path.as_deref()));
        demand(out, &path.field("git"), &crd::GIT_REPO_PATH, holds);
    }
    if let Some(packaged) = packaged {
        let holds = packaged_repo_path::check(&RepoPath::of(Some(&packaged.feature_repo_path)));
        demand(
            out,
            &path.field("packaged"),
            &crd::PACKAGED_REPO_PATH,
            holds,
        );
    }
}

fn check_services(services: &FeatureStoreServices, path: &Path<'_>, out: &mut Out) {
    if let Some(store) = &services.offline_store {
        let path = path.field("offlineStore");
        if let Some(persistence) = &store.persistence {
            let path = path.field("persistence");
            check_persistence(
                [persistence.file.is_some(), persistence.store.is_some()],
                &path,
                out,
            );
            check_pvc(store.pvc(), &path.field("file"), out);
        }
        check_tls(
            store.server.as_ref().and_then(|server| server.tls.as_ref()),
            &path.field("server"),
            out,
        );
    }
    if let Some(store) = &services.online_store {
        let path = path.field("onlineStore");
        if let Some(persistence) = &store.persistence {
            let path = path.field("persistence");
            check_persistence(
                [persistence.file.is_some(), persistence.store.is_some()],
                &path,
                out,
            );
            if let Some(file) = &persistence.file {
                check_online_file(file, &path.field("file"), out);
            }
        }
        check_tls(
            store.server.as_ref().and_then(|server| server.tls.as_ref()),
            &path.field("server"),
            out,
        );
    }
    if let Some(budget) = &services.pod_disruption_budgets {
        let given = [
            budget.min_available.is_some(),
            budget.max_unavailable.is_some(),
        ];
        let holds = pdb_one_of::check(&Choice::of(given));
        demand(
            out,
            &path.field("podDisruptionBudgets"),
            &crd::PDB_ONE_OF,
            holds,
        );
    }
    if let Some(registry) = &services.registry {
        check_registry(registry, &path.field("registry"), out);
    }
    check_tls(
        services.ui.as_ref().and_then(|ui| ui.tls.as_ref()),
        &path.field("ui"),
        out,
    );
}

fn check_registry(registry: &Registry, path: &Path<'_>, out: &mut Out) {
    let given = [registry.local.is_some(), registry.remote.is_some()];
    demand(
        out,
        path,
        &crd::REGISTRY_ONE_OF,
        registry_one_of::check(&Choice::of(given)),
    );
    if let Some(local) = &registry.local {
        let path = path.field("local");
        if let Some(persistence) = &local.persistence {
            let path = path.field("persistence");
            check_persistence(
                [persistence.file.is_some(), persistence.store.is_some()],
                &path,
                out,
            );
            if let Some(file) = &persistence.file {
                check_registry_file(file, &path.field("file"), out);
            }
        }
        if let Some(server) = &local.server {
            let path = path.field("server");
            let facts = RegistryServer::of(server);
            let holds = registry_server_protocol::check(&facts);
            demand(out, &path, &crd::REGISTRY_SERVER_PROTOCOL, holds);
            demand(
                out,
                &path,
                &crd::REGISTRY_SERVER_MCP,
                registry_server_mcp::check(&facts),
            );
            check_tls(server.tls.as_ref(), &path, out);
        }
    }
    if let Some(remote) = &registry.remote {
        let given = [remote.hostname.is_some(), remote.feast_ref.is_some()];
        let holds = registry_remote_one_of::check(&Choice::of(given));
        demand(
            out,
            &path.field("remote"),
            &crd::REGISTRY_REMOTE_ONE_OF,
            holds,
        );
    }
}

fn check_persistence(given: [bool; 2], path: &Path<'_>, out: &mut Out) {
    let holds = persistence_one_of::check(&Choice::of(given));
    demand(out, path, &crd::PERSISTENCE_ONE_OF, holds);
}

fn check_online_file(file: &OnlineStoreFilePersistence, path: &Path<'_>, out: &mut Out) {
    let facts = File::of(file.pvc.as_ref(), file.path.as_deref(), false);
    demand(
        out,
        path,
        &crd::ONLINE_FILE_ABSOLUTE,
        online_file_absolute::check(&facts),
    );
    demand(out, path, &crd::FILE_PVC_PATH, file_pvc_path::check(&facts));
    let holds = online_file_no_object_store::check(&facts);
    demand(out, path, &crd::ONLINE_FILE_NO_OBJECT_STORE, holds);
    check_pvc(file.pvc.as_ref(), path, out);
}

fn check_registry_file(file: &RegistryFilePersistence, path: &Path<'_>, out: &mut Out) {
    let has_s3_settings = file.s3_additional_kwargs.is_some();
    let facts = File::of(file.pvc.as_ref(), file.path.as_deref(), has_s3_settings);
    demand(
        out,
        path,
        &crd::REGISTRY_FILE_ABSOLUTE,
        registry_file_absolute::check(&facts),
    );
    demand(out, path, &crd::FILE_PVC_PATH, file_pvc_path::check(&facts));
    let holds = registry_pvc_no_object_store::check(&facts);
    demand(out, path, &crd::REGISTRY_PVC_NO_OBJECT_STORE, holds);
    demand(
        out,
        path,
        &crd::REGISTRY_S3_SETTINGS,
        registry_s3_settings::check(&facts),
    );
    check_pvc(file.pvc.as_ref(), path, out);
}

fn check_pvc(pvc: Option<&PvcConfig>, file: &Path<'_>, out: &mut Out) {
    let Some(pvc) = pvc else { return };
    let path = file.field("pvc");
    let facts = Pvc::of(pvc);
    demand(out, &path, &crd::PVC_ONE_OF, pvc_one_of::check(&facts));
    demand(
        out,
        &path,
        &crd::PVC_MOUNT_PATH,
        pvc_mount_path::check(&facts),
    );
}

fn check_tls(tls: Option<&TlsConfigs>, server: &Path<'_>, out: &mut Out) {
    let Some(tls) = tls else { return };
    let holds = tls_secret_ref::check(&Tls::of(tls));
    demand(out, &server.field("tls"), &crd::TLS_SECRET_REF, holds);
}

/// Whether each claim that is created in both specs is created the same way.
pub(crate) fn keeps_claims(new: &FeatureStoreSpec, old: &FeatureStoreSpec) -> bool {
    let claims = claims(new).into_iter().zip(claims(old));
    claims.into_iter().all(|(new, old)| {
        let created = new.and_then(|pvc| pvc.create.as_ref());
        let before = old.and_then(|pvc| pvc.create.as_ref());
        created.zip(before).is_none_or(|(new, old)| new == old)
    })
}

/// The claims of the offline store, the online store and the registry.
fn claims(spec: &FeatureStoreSpec) -> [Option<&PvcConfig>; 3] {
    let Some(services) = &spec.services else {
        return [None; 3];
    };
    [
        services.offline_store.as_ref().and_then(OfflineStore::pvc),
        services.online_store.as_ref().and_then(OnlineStore::pvc),
        services.local_registry().and_then(LocalRegistryConfig::pvc),
    ]
}

/// `has()` of a field, its field and so on: reading on from one that is missing is a fault.
fn chain<const N: usize>(names: [&'static str; N], given: [bool; N]) -> [Eval<bool>; N] {
    let mut missing = None;
    std::array::from_fn(|at| {
        let result = missing.map_or(Ok(given[at]), |name| Err(Fault::NoSuchKey(name)));
        if missing.is_none() && !given[at] {
            missing = Some(names[at]);
        }
        result
    })
}

impl<'a> Spec<'a> {
    fn of(spec: &'a FeatureStoreSpec) -> Self {
        let services = spec.services.as_ref();
        let scaling = services.and_then(|services| services.scaling.as_ref());
        let autoscaling = scaling.and_then(|scaling| scaling.autoscaling.as_ref());
        // The schema's default.
        let replicas = Ok(i64::from(spec.replicas.unwrap_or(1)));
        let autoscaling = chain(
            ["services", "scaling", "autoscaling"],
            [services.is_some(), scaling.is_some(), autoscaling.is_some()],
        );
        Self::new(replicas, autoscaling, || Stores::of(services))
    }
}

impl<'a> Stores<'a> {
    fn of(services: Option<&'a FeatureStoreServices>) -> Self {
        let online = services.and_then(|services| services.online_store.as_ref());
        let online_persistence = online.and_then(|store| store.persistence.as_ref());
        let offline = services.and_then(|services| services.offline_store.as_ref());
        let offline_persistence = offline.and_then(|store| store.persistence.as_ref());
        let registry = services.and_then(|services| services.registry.as_ref());
        let local = registry.and_then(|registry| registry.local.as_ref());
        let persistence = local.and_then(|local| local.persistence.as_ref());
        let file = persistence.and_then(|persistence| persistence.file.as_ref());
        let path = file.and_then(|file| file.path.as_deref());
        let has_services = services.is_some();
        let store = |name, store: bool, persistence: bool, database: bool| {
            let names = ["services", name, "persistence", "store"];
            let [_, store, persistence, database] =
                chain(names, [has_services, store, persistence, database]);
            [store, persistence, database]
        };
        let [
            _,
            has_registry,
            has_local,
            has_persistence,
            has_file,
            has_path,
        ] = chain(
            [
                "services",
                "registry",
                "local",
                "persistence",
                "file",
                "path",
            ],
            [
                has_services,
                registry.is_some(),
                local.is_some(),
                persistence.is_some(),
                file.is_some(),
                path.is_some(),
            ],
        );
        Self {
            online: store(
                "onlineStore",
                online.is_some(),
                online_persistence.is_some(),
                online.is_some_and(|store| store.database().is_some()),
            ),
            offline: store(
                "offlineStore",
                offline.is_some(),
                offline_persistence.is_some(),
                offline.is_some_and(|store| store.database().is_some()),
            ),
            registry: has_registry,
            remote_registry: has_local
                .map(|_| registry.is_some_and(|registry| registry.remote.is_some())),
            local_registry: [has_local, has_persistence],
            registry_store: has_file
                .map(|_| persistence.is_some_and(|persistence| persistence.store.is_some())),
            registry_file: has_file,
            registry_path: Field::new("path", has_path.map(|_| path)),
        }
    }
}

impl<const N: usize> Choice<N> {
    fn of(given: [bool; N]) -> Self {
        Self(given.map(Ok))
    }
}

impl<'a> RepoPath<'a> {
    fn of(path: Option<&'a str>) -> Self {
        Self {
            feature_repo_path: Field::new("featureRepoPath", Ok(path)),
        }
    }
}

impl Mlflow {
    fn of(mlflow: &MlflowConfig) -> Self {
        let config = mlflow.extra_config.as_ref();
        Self {
            has_extra_config: Ok(config.is_some()),
            reserved: RESERVED.map(|key| {
                let config = config.ok_or(Fault::NoSuchKey("extraConfig"))?;
                Ok(config.contains_key(key))
            }),
        }
    }
}

impl Tls {
    fn of(tls: &TlsConfigs) -> Self {
        Self {
            disable: Field::new("disable", Ok(tls.disable)),
            has_secret: Ok(tls.secret_ref.is_some()),
        }
    }
}

impl<'a> Pvc<'a> {
    fn of(pvc: &'a PvcConfig) -> Self {
        Self {
            choice: Choice::of([pvc.ref_.is_some(), pvc.create.is_some()]),
            mount_path: Field::new("mountPath", Ok(Some(&pvc.mount_path))),
        }
    }
}

impl<'a> File<'a> {
    fn of(pvc: Option<&PvcConfig>, path: Option<&'a str>, has_s3_settings: bool) -> Self {
        Self {
            has_pvc: Ok(pvc.is_some()),
            path: Field::new("path", Ok(path)),
            has_s3_settings: Ok(has_s3_settings),
        }
    }
}

impl RegistryServer {
    fn of(server: &RegistryServerConfigs) -> Self {
        let mcp = server.mcp.as_ref();
        Self {
            rest_api: Field::new("restAPI", Ok(server.rest_api)),
            grpc: Field::new("grpc", Ok(server.grpc)),
            has_mcp: Ok(mcp.is_some()),
            mcp_enabled: Field::new(
                "enabled",
                match mcp {
                    Some(mcp) => Ok(Some(mcp.enabled)),
                    None => Err(Fault::NoSuchKey("mcp")),
                },
            ),
        }
    }
}
