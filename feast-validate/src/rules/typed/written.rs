// Written by the test in `writer`.

use crd_admission::compiled::{Made, Path, Pattern};
use crd_admission::native::eval::{Field, and, choose, compare, exactly_one, not, or};
use feast_api::v1::FeatureStoreSpec;

use super::Out;
use crate::rules::RULES;

/// Checks the rules of a spec and of everything in it.
pub(crate) fn check<O: Out>(this: &FeatureStoreSpec, path: &Path<'_>, out: &mut O) {
    {
        let this = Field::<_, O::Fault>::of(this);
        let holds_0 = compare(this.then("replicas", |of| of.replicas.map(i64::from).or(Some(1))).get(), Ok(1), |a, b| a <= b);
        let services_1 = || this.then("services", |of| of.services.as_ref());
        let scaling_2 = || services_1().then("scaling", |of| of.scaling.as_ref());
        let holds_3 = and(holds_0, || or(or(not(services_1().has()), || not(scaling_2().has())), || not(scaling_2().then("autoscaling", |of| of.autoscaling.as_ref()).has())));
        let online_store_4 = || services_1().then("onlineStore", |of| of.online_store.as_ref());
        let persistence_5 = || online_store_4().then("persistence", |of| of.persistence.as_ref());
        let offline_store_6 = || services_1().then("offlineStore", |of| of.offline_store.as_ref());
        let persistence_7 = || offline_store_6().then("persistence", |of| of.persistence.as_ref());
        let registry_8 = || services_1().then("registry", |of| of.registry.as_ref());
        let local_9 = || registry_8().then("local", |of| of.local.as_ref());
        let persistence_10 = || local_9().then("persistence", |of| of.persistence.as_ref());
        let file_11 = || persistence_10().then("file", |of| of.file.as_ref());
        let path_12 = || file_11().then("path", |of| of.path.as_deref());
        out.demand(path, &RULES[0], "replicas > 1 and services.scaling.autoscaling are mutually exclusive.", or(or(holds_0, || not(services_1().has())), || or(not(scaling_2().has()), || not(scaling_2().then("autoscaling", |of| of.autoscaling.as_ref()).has()))));
        out.demand(path, &RULES[1], "Scaling requires DB-backed persistence for the online store. Configure services.onlineStore.persistence.store when using replicas > 1 or autoscaling.", or(holds_3, || and(and(services_1().has(), || online_store_4().has()), || and(persistence_5().has(), || persistence_5().then("store", |of| of.store.as_ref()).has()))));
        out.demand(path, &RULES[2], "Scaling requires DB-backed persistence for the offline store. Configure services.offlineStore.persistence.store when using replicas > 1 or autoscaling.", or(holds_3, || or(or(not(services_1().has()), || not(offline_store_6().has())), || and(persistence_7().has(), || persistence_7().then("store", |of| of.store.as_ref()).has()))));
        out.demand(path, &RULES[3], "Scaling requires DB-backed or remote registry. Configure registry.local.persistence.store or use a remote registry when using replicas > 1 or autoscaling. S3/GCS-backed registry is also allowed.", or(holds_3, || and(and(services_1().has(), || registry_8().has()), || or(registry_8().then("remote", |of| of.remote.as_ref()).has(), || and(and(local_9().has(), || persistence_10().has()), || or(persistence_10().then("store", |of| of.store.as_ref()).has(), || and(and(file_11().has(), || path_12().has()), || or(path_12().get().map(|text| text.starts_with("s3://")), || path_12().get().map(|text| text.starts_with("gs://"))))))))));
    }
    if let Some(this) = this.authz.as_ref() {
        let path = &path.field("authz");
        {
            let this = Field::<_, O::Fault>::of(this);
            out.demand(path, &RULES[4], "One selection required between kubernetes, oidc, or noAuth.", exactly_one([this.then("kubernetes", |of| of.kubernetes.as_ref()).has(), this.then("oidc", |of| of.oidc.as_ref()).has(), this.then("noAuth", |of| of.no_auth.as_ref()).has()]));
        }
    }
    if let Some(this) = this.feast_project_dir.as_ref() {
        let path = &path.field("feastProjectDir");
        {
            let this = Field::<_, O::Fault>::of(this);
            out.demand(path, &RULES[5], "One selection required between init, git, or packaged.", exactly_one([this.then("git", |of| of.git.as_ref()).has(), this.then("init", |of| of.init.as_ref()).has(), this.then("packaged", |of| of.packaged.as_ref()).has()]));
        }
        if let Some(this) = this.git.as_ref() {
            let path = &path.field("git");
            {
                let this = Field::<_, O::Fault>::of(this);
                let feature_repo_path_0 = || this.then("featureRepoPath", |of| of.feature_repo_path.as_deref());
                out.demand(path, &RULES[6], "RepoPath must be a file name only, with no slashes.", choose(feature_repo_path_0().has(), || not(feature_repo_path_0().get().map(|text| text.starts_with("/"))), || Ok(true)));
            }
        }
        if let Some(this) = this.packaged.as_ref() {
            let path = &path.field("packaged");
            {
                let this = Field::<_, O::Fault>::of(this);
                let feature_repo_path_0 = || this.then("featureRepoPath", |of| Some(of.feature_repo_path.as_str()));
                out.demand(path, &RULES[7], "FeatureRepoPath must be a canonical absolute, non-root path without dot segments or repeated separators.", and(and(and(feature_repo_path_0().get().map(|text| text.starts_with("/")), || compare(feature_repo_path_0().get(), Ok("/"), |a, b| a != b)), || and(not(feature_repo_path_0().get().map(|text| text.contains("//"))), || not(feature_repo_path_0().get().map(|text| text.ends_with("/"))))), || and(and(not(feature_repo_path_0().get().map(|text| text.contains("/./"))), || not(feature_repo_path_0().get().map(|text| text.ends_with("/.")))), || and(not(feature_repo_path_0().get().map(|text| text.contains("/../"))), || not(feature_repo_path_0().get().map(|text| text.ends_with("/..")))))));
            }
        }
    }
    if let Some(this) = this.mlflow.as_ref() {
        let path = &path.field("mlflow");
        {
            let this = Field::<_, O::Fault>::of(this);
            let extra_config_0 = || this.then("extraConfig", |of| of.extra_config.as_ref());
            out.demand(path, &RULES[8], "extraConfig must not contain keys that duplicate typed fields (enabled, tracking_uri, ui_url, tracking_auth, auto_log, auto_log_entity_df, entity_df_max_rows, log_operations, ops_experiment_suffix); use the corresponding spec fields instead.", or(not(extra_config_0().has()), || and(and(and(and(not(extra_config_0().contains("enabled")), || not(extra_config_0().contains("tracking_uri"))), || not(extra_config_0().contains("ui_url"))), || and(not(extra_config_0().contains("tracking_auth")), || not(extra_config_0().contains("auto_log")))), || and(and(not(extra_config_0().contains("auto_log_entity_df")), || not(extra_config_0().contains("entity_df_max_rows"))), || and(not(extra_config_0().contains("log_operations")), || not(extra_config_0().contains("ops_experiment_suffix")))))));
        }
    }
    if let Some(this) = this.openlineage.as_ref() {
        let path = &path.field("openlineage");
        if let Some(this) = this.consumer.as_ref() {
            let path = &path.field("consumer");
            if let Some(this) = this.lineage_server.as_ref() {
                let path = &path.field("lineageServer");
                if let Some(this) = this.server.as_ref() {
                    let path = &path.field("server");
                    if let Some(this) = this.tls.as_ref() {
                        let path = &path.field("tls");
                        {
                            let this = Field::<_, O::Fault>::of(this);
                            let disable_0 = || this.then("disable", |of| of.disable);
                            out.demand(path, &RULES[9], "`secretRef` required if `disable` is false.", choose(or(not(disable_0().has()), || not(disable_0().get())), || this.then("secretRef", |of| of.secret_ref.as_ref()).has(), || Ok(true)));
                        }
                    }
                }
            }
        }
    }
    if let Some(this) = this.services.as_ref() {
        let path = &path.field("services");
        if let Some(this) = this.offline_store.as_ref() {
            let path = &path.field("offlineStore");
            if let Some(this) = this.persistence.as_ref() {
                let path = &path.field("persistence");
                {
                    let this = Field::<_, O::Fault>::of(this);
                    out.demand(path, &RULES[10], "One selection required between file or store.", exactly_one([this.then("file", |of| of.file.as_ref()).has(), this.then("store", |of| of.store.as_ref()).has()]));
                }
                if let Some(this) = this.file.as_ref() {
                    let path = &path.field("file");
                    if let Some(this) = this.pvc.as_ref() {
                        let path = &path.field("pvc");
                        {
                            let this = Field::<_, O::Fault>::of(this);
                            out.demand(path, &RULES[11], "One selection is required between ref and create.", exactly_one([this.then("ref", |of| of.ref_.as_ref()).has(), this.then("create", |of| of.create.as_ref()).has()]));
                            out.demand(path, &RULES[12], "Mount path must start with '/' and must not contain ':'", this.then("mountPath", |of| Some(of.mount_path.as_str())).get().map(|text| { static PATTERN: Made<Pattern> = Made::new("^/[^:]*$"); PATTERN.get().matches(text) }));
                        }
                    }
                }
            }
            if let Some(this) = this.server.as_ref() {
                let path = &path.field("server");
                if let Some(this) = this.tls.as_ref() {
                    let path = &path.field("tls");
                    {
                        let this = Field::<_, O::Fault>::of(this);
                        let disable_0 = || this.then("disable", |of| of.disable);
                        out.demand(path, &RULES[9], "`secretRef` required if `disable` is false.", choose(or(not(disable_0().has()), || not(disable_0().get())), || this.then("secretRef", |of| of.secret_ref.as_ref()).has(), || Ok(true)));
                    }
                }
            }
        }
        if let Some(this) = this.online_store.as_ref() {
            let path = &path.field("onlineStore");
            if let Some(this) = this.persistence.as_ref() {
                let path = &path.field("persistence");
                {
                    let this = Field::<_, O::Fault>::of(this);
                    out.demand(path, &RULES[10], "One selection required between file or store.", exactly_one([this.then("file", |of| of.file.as_ref()).has(), this.then("store", |of| of.store.as_ref()).has()]));
                }
                if let Some(this) = this.file.as_ref() {
                    let path = &path.field("file");
                    {
                        let this = Field::<_, O::Fault>::of(this);
                        let path_0 = || this.then("path", |of| of.path.as_deref());
                        let holds_1 = path_0().get().map(|text| text.starts_with("/"));
                        out.demand(path, &RULES[14], "Ephemeral stores must have absolute paths.", choose(and(not(this.then("pvc", |of| of.pvc.as_ref()).has()), || path_0().has()), || holds_1, || Ok(true)));
                        out.demand(path, &RULES[16], "PVC path must be a file name only, with no slashes.", choose(and(this.then("pvc", |of| of.pvc.as_ref()).has(), || path_0().has()), || not(holds_1), || Ok(true)));
                        out.demand(path, &RULES[15], "Online store does not support S3 or GS buckets.", choose(path_0().has(), || not(or(path_0().get().map(|text| text.starts_with("s3://")), || path_0().get().map(|text| text.starts_with("gs://")))), || Ok(true)));
                    }
                    if let Some(this) = this.pvc.as_ref() {
                        let path = &path.field("pvc");
                        {
                            let this = Field::<_, O::Fault>::of(this);
                            out.demand(path, &RULES[11], "One selection is required between ref and create.", exactly_one([this.then("ref", |of| of.ref_.as_ref()).has(), this.then("create", |of| of.create.as_ref()).has()]));
                            out.demand(path, &RULES[12], "Mount path must start with '/' and must not contain ':'", this.then("mountPath", |of| Some(of.mount_path.as_str())).get().map(|text| { static PATTERN: Made<Pattern> = Made::new("^/[^:]*$"); PATTERN.get().matches(text) }));
                        }
                    }
                }
            }
            if let Some(this) = this.server.as_ref() {
                let path = &path.field("server");
                if let Some(this) = this.tls.as_ref() {
                    let path = &path.field("tls");
                    {
                        let this = Field::<_, O::Fault>::of(this);
                        let disable_0 = || this.then("disable", |of| of.disable);
                        out.demand(path, &RULES[9], "`secretRef` required if `disable` is false.", choose(or(not(disable_0().has()), || not(disable_0().get())), || this.then("secretRef", |of| of.secret_ref.as_ref()).has(), || Ok(true)));
                    }
                }
            }
        }
        if let Some(this) = this.pod_disruption_budgets.as_ref() {
            let path = &path.field("podDisruptionBudgets");
            {
                let this = Field::<_, O::Fault>::of(this);
                out.demand(path, &RULES[17], "Exactly one of minAvailable or maxUnavailable must be set.", exactly_one([this.then("minAvailable", |of| of.min_available.as_ref()).has(), this.then("maxUnavailable", |of| of.max_unavailable.as_ref()).has()]));
            }
        }
        if let Some(this) = this.registry.as_ref() {
            let path = &path.field("registry");
            {
                let this = Field::<_, O::Fault>::of(this);
                out.demand(path, &RULES[18], "One selection required.", exactly_one([this.then("local", |of| of.local.as_ref()).has(), this.then("remote", |of| of.remote.as_ref()).has()]));
            }
            if let Some(this) = this.local.as_ref() {
                let path = &path.field("local");
                if let Some(this) = this.persistence.as_ref() {
                    let path = &path.field("persistence");
                    {
                        let this = Field::<_, O::Fault>::of(this);
                        out.demand(path, &RULES[10], "One selection required between file or store.", exactly_one([this.then("file", |of| of.file.as_ref()).has(), this.then("store", |of| of.store.as_ref()).has()]));
                    }
                    if let Some(this) = this.file.as_ref() {
                        let path = &path.field("file");
                        {
                            let this = Field::<_, O::Fault>::of(this);
                            let path_0 = || this.then("path", |of| of.path.as_deref());
                            let holds_1 = path_0().get().map(|text| text.starts_with("/"));
                            let holds_2 = path_0().get().map(|text| text.starts_with("s3://"));
                            let holds_3 = path_0().get().map(|text| text.starts_with("gs://"));
                            let holds_4 = and(this.then("pvc", |of| of.pvc.as_ref()).has(), || path_0().has());
                            out.demand(path, &RULES[19], "Registry files must use absolute paths or be S3 ('s3://') or GS ('gs://') object store URIs.", choose(and(not(this.then("pvc", |of| of.pvc.as_ref()).has()), || path_0().has()), || or(or(holds_1, || holds_2), || holds_3), || Ok(true)));
                            out.demand(path, &RULES[16], "PVC path must be a file name only, with no slashes.", choose(holds_4, || not(holds_1), || Ok(true)));
                            out.demand(path, &RULES[20], "PVC persistence does not support S3 or GS object store URIs.", choose(holds_4, || not(or(holds_2, || holds_3)), || Ok(true)));
                            out.demand(path, &RULES[21], "Additional S3 settings are available only for S3 object store URIs.", choose(and(this.then("s3_additional_kwargs", |of| of.s3_additional_kwargs.as_ref()).has(), || path_0().has()), || holds_2, || Ok(true)));
                        }
                        if let Some(this) = this.pvc.as_ref() {
                            let path = &path.field("pvc");
                            {
                                let this = Field::<_, O::Fault>::of(this);
                                out.demand(path, &RULES[11], "One selection is required between ref and create.", exactly_one([this.then("ref", |of| of.ref_.as_ref()).has(), this.then("create", |of| of.create.as_ref()).has()]));
                                out.demand(path, &RULES[12], "Mount path must start with '/' and must not contain ':'", this.then("mountPath", |of| Some(of.mount_path.as_str())).get().map(|text| { static PATTERN: Made<Pattern> = Made::new("^/[^:]*$"); PATTERN.get().matches(text) }));
                            }
                        }
                    }
                }
                if let Some(this) = this.server.as_ref() {
                    let path = &path.field("server");
                    {
                        let this = Field::<_, O::Fault>::of(this);
                        let rest_api_0 = || this.then("restAPI", |of| of.rest_api);
                        let holds_1 = compare(rest_api_0().get(), Ok(true), |a, b| a == b);
                        let grpc_2 = || this.then("grpc", |of| of.grpc);
                        let mcp_3 = || this.then("mcp", |of| of.mcp.as_ref());
                        out.demand(path, &RULES[22], "At least one of restAPI or grpc must be true", or(or(holds_1, || compare(grpc_2().get(), Ok(true), |a, b| a == b)), || not(grpc_2().has())));
                        out.demand(path, &RULES[23], "MCP requires restAPI to be true", or(or(not(mcp_3().has()), || not(mcp_3().then("enabled", |of| Some(of.enabled)).get())), || and(rest_api_0().has(), || holds_1)));
                    }
                    if let Some(this) = this.tls.as_ref() {
                        let path = &path.field("tls");
                        {
                            let this = Field::<_, O::Fault>::of(this);
                            let disable_0 = || this.then("disable", |of| of.disable);
                            out.demand(path, &RULES[9], "`secretRef` required if `disable` is false.", choose(or(not(disable_0().has()), || not(disable_0().get())), || this.then("secretRef", |of| of.secret_ref.as_ref()).has(), || Ok(true)));
                        }
                    }
                }
            }
            if let Some(this) = this.remote.as_ref() {
                let path = &path.field("remote");
                {
                    let this = Field::<_, O::Fault>::of(this);
                    out.demand(path, &RULES[24], "One selection required.", exactly_one([this.then("hostname", |of| of.hostname.as_ref()).has(), this.then("feastRef", |of| of.feast_ref.as_ref()).has()]));
                }
            }
        }
        if let Some(this) = this.ui.as_ref() {
            let path = &path.field("ui");
            if let Some(this) = this.tls.as_ref() {
                let path = &path.field("tls");
                {
                    let this = Field::<_, O::Fault>::of(this);
                    let disable_0 = || this.then("disable", |of| of.disable);
                    out.demand(path, &RULES[9], "`secretRef` required if `disable` is false.", choose(or(not(disable_0().has()), || not(disable_0().get())), || this.then("secretRef", |of| of.secret_ref.as_ref()).has(), || Ok(true)));
                }
            }
        }
    }
}

/// Whether everything that must not change is equal.
pub(crate) fn keeps(this: &FeatureStoreSpec, former: &FeatureStoreSpec) -> bool {
    if let (Some(this), Some(former)) = (this.services.as_ref(), former.services.as_ref()) {
        if let (Some(this), Some(former)) = (this.offline_store.as_ref(), former.offline_store.as_ref()) {
            if let (Some(this), Some(former)) = (this.persistence.as_ref(), former.persistence.as_ref()) {
                if let (Some(this), Some(former)) = (this.file.as_ref(), former.file.as_ref()) {
                    if let (Some(this), Some(former)) = (this.pvc.as_ref(), former.pvc.as_ref()) {
                        if let (Some(this), Some(former)) = (this.create.as_ref(), former.create.as_ref()) {
                            if this != former {
                                return false;
                            }
                        }
                    }
                }
            }
        }
        if let (Some(this), Some(former)) = (this.online_store.as_ref(), former.online_store.as_ref()) {
            if let (Some(this), Some(former)) = (this.persistence.as_ref(), former.persistence.as_ref()) {
                if let (Some(this), Some(former)) = (this.file.as_ref(), former.file.as_ref()) {
                    if let (Some(this), Some(former)) = (this.pvc.as_ref(), former.pvc.as_ref()) {
                        if let (Some(this), Some(former)) = (this.create.as_ref(), former.create.as_ref()) {
                            if this != former {
                                return false;
                            }
                        }
                    }
                }
            }
        }
        if let (Some(this), Some(former)) = (this.registry.as_ref(), former.registry.as_ref()) {
            if let (Some(this), Some(former)) = (this.local.as_ref(), former.local.as_ref()) {
                if let (Some(this), Some(former)) = (this.persistence.as_ref(), former.persistence.as_ref()) {
                    if let (Some(this), Some(former)) = (this.file.as_ref(), former.file.as_ref()) {
                        if let (Some(this), Some(former)) = (this.pvc.as_ref(), former.pvc.as_ref()) {
                            if let (Some(this), Some(former)) = (this.create.as_ref(), former.create.as_ref()) {
                                if this != former {
                                    return false;
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    true
}
