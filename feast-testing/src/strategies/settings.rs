use feast_api::v1::{
    AuthzConfig, BatchEngineConfig, CronJobContainerConfigs, DataQualityMonitoring, FeastCronJob,
    FeastInitOptions, FeastPackagedOptions, FeastProjectDir, GitCloneOptions, InitTemplate,
    JobSpec, KubernetesAuthz, LineageServer, LineageStoreType, MaterializationConfig, MlflowConfig,
    OidcAuthz, OidcCaConfigMap, OpenLineageConfig, OpenLineageConsumer, TransportType,
};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;

use super::surroundings::{
    API_KEY, BATCH_ENGINE, CA, CONNECTION, ISSUER, OIDC, OIDC_KEY, reference,
};
use super::{often, one_of, pairs, rarely, server};

/// Names of roles, including names that an operator uses.
const ROLES: &[&str] = &[
    "reader",
    "writer",
    "FEAST",
    "FEAST-cronjob",
    "FEAST-batch-engine",
    "FEAST-batch-driver",
];

pub(super) fn authz() -> impl Strategy<Value = AuthzConfig> {
    let roles = rarely(vec(one_of(ROLES), 0..3).prop_map(|mut roles| {
        roles.sort();
        roles.dedup();
        roles
    }));
    let kubernetes = roles.prop_map(|roles| AuthzConfig {
        kubernetes: Some(KubernetesAuthz { roles }),
        ..AuthzConfig::default()
    });
    let oidc = oidc().prop_map(|oidc| AuthzConfig {
        oidc: Some(oidc),
        ..AuthzConfig::default()
    });
    let none = Just(AuthzConfig {
        no_auth: Some(true),
        ..AuthzConfig::default()
    });
    prop_oneof![kubernetes, oidc, none]
}

fn oidc() -> impl Strategy<Value = OidcAuthz> {
    let ca = rarely(one_of(&["ca.pem"])).prop_map(|key| OidcCaConfigMap {
        key,
        name: CA.into(),
    });
    let secret = rarely(rarely(Just(OIDC_KEY.to_owned())));
    let numbers = (rarely(60..600), rarely(1..30));
    let rest = (rarely(one_of(&["OIDC_TOKEN"])), rarely(any::<bool>()));
    (rarely(ca), one_of(&[ISSUER]), secret, numbers, rest).prop_map(
        |(ca, issuer, secret, (lifespan, timeout), (token_env_var, verify_ssl))| OidcAuthz {
            ca_cert_config_map: ca,
            issuer_url: Some(issuer),
            jwks_cache_lifespan_seconds: lifespan,
            jwks_request_timeout_seconds: timeout,
            secret_ref: secret.is_some().then(|| reference(OIDC)),
            secret_key_name: secret.flatten(),
            token_env_var,
            verify_ssl,
        },
    )
}

pub(super) fn batch_engine() -> impl Strategy<Value = BatchEngineConfig> {
    rarely(one_of(&["spark", "FEAST", "FEAST-cronjob"])).prop_map(|key| BatchEngineConfig {
        config_map_key: key,
        config_map_ref: Some(reference(BATCH_ENGINE)),
    })
}

pub(super) fn cron_job() -> impl Strategy<Value = FeastCronJob> {
    let container = (
        rarely(vec(
            one_of(&["feast apply", "feast materialize-incremental now"]),
            1..3,
        )),
        rarely(server::env()),
        rarely(server::env_from()),
        rarely(one_of(&["cli:1"])),
        rarely(server::resources()),
    );
    let container =
        container.prop_map(
            |(commands, env, env_from, image, resources)| CronJobContainerConfigs {
                commands,
                env,
                env_from,
                image,
                resources,
                ..CronJobContainerConfigs::default()
            },
        );
    let job = (rarely(0..7), rarely(1..3), rarely(pairs())).prop_map(
        |(backoff_limit, parallelism, pod_template_annotations)| JobSpec {
            backoff_limit,
            parallelism,
            pod_template_annotations,
            ..JobSpec::default()
        },
    );
    let schedule = (
        often(one_of(&["0 * * * *", "@daily"])),
        rarely(one_of(&["Allow", "Forbid"])),
        rarely(any::<bool>()),
        rarely(one_of(&["Europe/Berlin"])),
    );
    (schedule, rarely(container), rarely(job), rarely(pairs())).prop_map(
        |(schedule, container_configs, job_spec, annotations)| {
            let (schedule, concurrency_policy, suspend, time_zone) = schedule;
            FeastCronJob {
                annotations,
                concurrency_policy,
                container_configs,
                job_spec,
                schedule,
                suspend,
                time_zone,
                ..FeastCronJob::default()
            }
        },
    )
}

pub(super) fn data_quality_monitoring() -> impl Strategy<Value = DataQualityMonitoring> {
    any::<bool>().prop_map(|baseline| DataQualityMonitoring {
        auto_baseline: Some(baseline),
    })
}

pub(super) fn project_dir() -> impl Strategy<Value = FeastProjectDir> {
    let init = (rarely(any::<bool>()), rarely(select(InitTemplate::ALL)));
    let init = init.prop_map(|(minimal, template)| FeastProjectDir {
        init: Some(FeastInitOptions { minimal, template }),
        ..FeastProjectDir::default()
    });
    let git = git().prop_map(|git| FeastProjectDir {
        git: Some(git),
        ..FeastProjectDir::default()
    });
    let packaged = rarely(one_of(&["app:1"])).prop_map(|image| FeastProjectDir {
        packaged: Some(FeastPackagedOptions {
            feature_repo_path: "/srv/repo".into(),
            image,
        }),
        ..FeastProjectDir::default()
    });
    prop_oneof![init, git, packaged]
}

fn git() -> impl Strategy<Value = GitCloneOptions> {
    let keys = one_of(&["http.sslVerify", "user.name"]);
    let configs = btree_map(keys, one_of(&["false", "a b", "it's"]), 0..3);
    let repository = (
        one_of(&["https://example.com/repo.git", "git@example.com:a/repo.git"]),
        rarely(one_of(&["v1.0", "feature/x"])),
        rarely(one_of(&["repo"])),
    );
    (
        repository,
        rarely(configs),
        rarely(server::env()),
        rarely(server::env_from()),
    )
        .prop_map(
            |((url, ref_, feature_repo_path), configs, env, env_from)| GitCloneOptions {
                configs,
                env,
                env_from,
                feature_repo_path,
                ref_,
                url,
            },
        )
}

pub(super) fn materialization() -> impl Strategy<Value = MaterializationConfig> {
    (rarely(extra()), rarely(1..1000)).prop_map(|(extra_config, size)| MaterializationConfig {
        extra_config,
        online_write_batch_size: size,
    })
}

fn extra() -> impl Strategy<Value = std::collections::BTreeMap<String, String>> {
    btree_map(
        one_of(&["pull_latest", "n"]),
        one_of(&["true", "5", "x: y"]),
        0..3,
    )
}

pub(super) fn mlflow() -> impl Strategy<Value = MlflowConfig> {
    let places = (
        rarely(one_of(&["http://mlflow:5000"])),
        rarely(one_of(&["https://mlflow.example.com"])),
        rarely(one_of(&["kubernetes-namespaced", ""])),
        rarely(extra()),
    );
    (
        any::<bool>(),
        places,
        rarely(any::<bool>()),
        rarely(1..1000),
    )
        .prop_map(
            |(enabled, (tracking_uri, ui_url, tracking_auth, extra_config), auto_log, rows)| {
                MlflowConfig {
                    auto_log,
                    enabled,
                    entity_df_max_rows: rows,
                    extra_config,
                    tracking_auth,
                    tracking_uri,
                    ui_url,
                    ..MlflowConfig::default()
                }
            },
        )
}

pub(super) fn openlineage() -> impl Strategy<Value = OpenLineageConfig> {
    let transport = (
        rarely(select(TransportType::ALL)),
        rarely(one_of(&["http://lineage:5000"])),
        rarely(one_of(&["api/v1/lineage"])),
        rarely(Just(reference(API_KEY))),
    );
    (any::<bool>(), rarely(extra()), often(consumer()), transport).prop_map(
        |(enabled, extra_config, consumer, transport)| {
            let (transport_type, transport_url, transport_endpoint, api_key_secret_ref) = transport;
            OpenLineageConfig {
                api_key_secret_ref,
                consumer,
                enabled,
                extra_config,
                transport_endpoint,
                transport_type,
                transport_url,
            }
        },
    )
}

fn consumer() -> impl Strategy<Value = OpenLineageConsumer> {
    let server = (rarely(1..4), rarely(server::config()));
    let server = server.prop_map(|(replicas, server)| LineageServer { replicas, server });
    let secrets = (
        rarely(Just(reference(API_KEY))),
        often(Just(reference(CONNECTION))),
    );
    (
        any::<bool>(),
        secrets,
        rarely(server),
        rarely(pairs()),
        rarely(1..90),
    )
        .prop_map(
            |(enabled, (api_key, connection), lineage_server, namespace_mapping, days)| {
                OpenLineageConsumer {
                    api_key_secret_ref: api_key,
                    connection_string_secret_ref: connection,
                    enabled,
                    lineage_server,
                    namespace_mapping,
                    retention_check_interval_hours: None,
                    retention_days: days,
                    store_type: Some(LineageStoreType::Sql),
                }
            },
        )
}
