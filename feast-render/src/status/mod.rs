//! The status of a FeatureStore.

mod conditions;
mod hostnames;
mod metric;
mod pods;

use feast_api::v1::{
    AuthzMode, ConditionStatus, FeatureStoreSpec, FeatureStoreStatus, ScalingStatus,
    ServiceHostnames,
};
use k8s_openapi::api::apps::v1::{Deployment, DeploymentCondition};

use crate::canonical;
use crate::changes::Change;
use crate::condition_type::ConditionType;
use crate::context::Context;
use crate::defaults;
use crate::error::Error;
use crate::inputs::Inputs;
use crate::names::{NAME_LABEL, types};
use crate::objects::authorization::mode;
use crate::stage::Stage;

use conditions::Conditions;
pub(crate) use hostnames::hostnames;
use hostnames::own;
pub use metric::Metric;

/// The status after a pass, and whether the Deployment is available. [`finish`] adds the parts that
/// the context borrows.
pub(crate) fn rendered(context: &Context<'_>) -> (FeatureStoreStatus, bool) {
    let previous = context.store.status.as_ref();
    let oidc = context.oidc().is_some();
    let mut conditions = Conditions::new(previous, context.inputs.now(), oidc);
    for part in ConditionType::PARTS {
        if is_called_for(part, context) {
            conditions.complete(part);
        } else if !is_known(part, context) {
            conditions.keep(part);
        }
    }
    let live = context.inputs.live();
    let deployment = live.deployment(context.namespace, context.names.feast());
    let available = deployment.is_some_and(is_available);
    if available {
        conditions.complete(ConditionType::FeatureStore);
    } else {
        let pods = live.pods(context.namespace, NAME_LABEL, context.store.name());
        let failure = pods::first_failure(pods);
        conditions.wait(failure.filter(|_| context.has(Change::PodFailures)));
    }
    let status = FeatureStoreStatus {
        client_config_map: Some(context.names.of_type(types::CLIENT)),
        conditions: Some(conditions.finish()),
        cron_job: Some(context.names.feast().to_owned()),
        feast_version: Some(feast_version(context.inputs)),
        phase: Some(if available { "Ready" } else { "Pending" }.to_owned()),
        ..FeatureStoreStatus::default()
    };
    (scaled(context, status), available)
}

fn feast_version(inputs: &Inputs) -> String {
    let release = inputs.settings().release.release();
    release.feast_version().to_owned()
}

/// Adds the replica counts of the Deployment to a status.
fn scaled(context: &Context<'_>, status: FeatureStoreStatus) -> FeatureStoreStatus {
    let live = context.inputs.live();
    let deployment = live.deployment(context.namespace, context.names.feast());
    let ready = deployment.and_then(|deployment| deployment.status.as_ref()?.ready_replicas);
    let ready = ready.filter(|ready| *ready != 0);
    FeatureStoreStatus {
        replicas: ready,
        scaling_status: context.scaling().then(|| ScalingStatus {
            current_replicas: ready,
            desired_replicas: desired_replicas(context, deployment),
        }),
        selector: Some(context.names.selector_text()),
        ..status
    }
}

/// The status of a FeatureStore that is rejected: phase and conditions give the reason. The
/// operator should reconcile again after [`REQUEUE`](crate::REQUEUE).
///
/// It contains what the reference reports before it fails; the rest is unchanged.
pub fn failed(inputs: &Inputs, error: &Error) -> FeatureStoreStatus {
    let store = inputs.store();
    let mut applied = Box::new(defaults::applied(inputs));
    let previous = store.status.clone().unwrap_or_default();
    // An error here is either `error` itself or no longer occurs.
    let hostnames = match defaults::fill_tls(&mut applied, inputs) {
        Ok(()) => hostnames(&applied, inputs).unwrap_or_else(|_| own(&applied, inputs)),
        Err(_) => previous.service_hostnames.clone().unwrap_or_default(),
    };
    let context = Context::new(&applied, &hostnames, inputs);
    let message = format!("Error: {error}");
    let oidc = context.oidc().is_some();
    let mut conditions = Conditions::new(store.status.as_ref(), inputs.now(), oidc);
    for part in ConditionType::PARTS {
        if !is_called_for(part, &context) {
            if error.stage() < removed_by(part) || !is_known(part, &context) {
                conditions.keep(part);
            }
        } else if error.condition() == Some(part) {
            conditions.fail(part, message.clone());
        } else if error.stage() <= set_after(part) {
            conditions.keep(part);
        } else {
            conditions.complete(part);
        }
    }
    conditions.fail(ConditionType::FeatureStore, message);
    let mut status = FeatureStoreStatus {
        conditions: Some(conditions.finish()),
        feast_version: Some(feast_version(inputs)),
        phase: Some("Failed".to_owned()),
        ..previous
    };
    if error.comes_after_deployment() {
        status = scaled(&context, status);
    }
    if error.stage() >= Stage::Client {
        status.client_config_map = Some(context.names.of_type(types::CLIENT));
    }
    if error.comes_with_cron_job() {
        status.cron_job = Some(context.names.feast().to_owned());
    }
    finish(status, applied, hostnames)
}

/// Adds the parts that the context borrowed.
pub(crate) fn finish(
    status: FeatureStoreStatus,
    mut applied: Box<FeatureStoreSpec>,
    hostnames: ServiceHostnames,
) -> FeatureStoreStatus {
    canonical::finish(&mut applied);
    let known = hostnames != ServiceHostnames::default();
    FeatureStoreStatus {
        applied: Some(applied),
        service_hostnames: known.then_some(hostnames),
        ..status
    }
}

/// Whether the FeatureStore has a condition.
fn is_called_for(condition: ConditionType, context: &Context<'_>) -> bool {
    let services = context.services;
    match condition {
        ConditionType::Authorization => match mode(context) {
            AuthzMode::NoAuth => false,
            AuthzMode::Oidc => context.has(Change::OidcClusterRole),
            AuthzMode::Kubernetes => true,
        },
        ConditionType::OfflineStore => services.offline_store.is_some(),
        ConditionType::OnlineStore => services.enabled_online_store().is_some(),
        ConditionType::Registry => services.local_registry().is_some(),
        ConditionType::Ui => services.ui.is_some(),
        ConditionType::Lineage => context.lineage_server().is_some(),
        ConditionType::Client | ConditionType::CronJob | ConditionType::FeatureStore => true,
    }
}

/// Whether the release knows a condition, and therefore removes it.
fn is_known(condition: ConditionType, context: &Context<'_>) -> bool {
    condition != ConditionType::Lineage || context.knows_lineage_server()
}

/// The stage that removes a condition that does not apply, before its objects can fail.
const fn removed_by(condition: ConditionType) -> Stage {
    match condition {
        // Long before the server is created.
        ConditionType::Lineage => Stage::Lineage,
        _ => set_after(condition),
    }
}

/// The stage after which a condition is set.
const fn set_after(condition: ConditionType) -> Stage {
    match condition {
        ConditionType::Authorization => Stage::Authorization,
        ConditionType::OfflineStore => Stage::OfflineStore,
        ConditionType::OnlineStore => Stage::OnlineStore,
        ConditionType::Registry => Stage::Registry,
        ConditionType::Ui => Stage::Ui,
        ConditionType::Lineage => Stage::LineageServer,
        ConditionType::Client => Stage::Client,
        ConditionType::CronJob | ConditionType::FeatureStore => Stage::CronJob,
    }
}

pub(crate) fn is_available(deployment: &Deployment) -> bool {
    let conditions = deployment
        .status
        .as_ref()
        .and_then(|status| status.conditions.as_deref());
    let available = |condition: &DeploymentCondition| {
        condition.type_ == "Available" && condition.status == ConditionStatus::True.as_str()
    };
    conditions.unwrap_or_default().iter().any(available)
}

/// The replicas that the Deployment has after this pass.
fn desired_replicas(context: &Context<'_>, deployment: Option<&Deployment>) -> Option<i32> {
    let replicas = match context.autoscaling() {
        Some(_) => deployment.and_then(|deployment| deployment.spec.as_ref()?.replicas),
        None => Some(context.applied.replicas.unwrap_or(1)),
    };
    replicas.filter(|replicas| *replicas != 0)
}

#[cfg(test)]
mod tests {
    use feast_api::v1::Condition;
    use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
    use k8s_openapi::api::batch::v1::CronJob;
    use k8s_openapi::api::rbac::v1::Role;
    use serde_json::{Value, json};

    use super::*;
    use crate::object_ref::ObjectRef;
    use crate::render::render;
    use crate::settings::Platform;
    use crate::testing;

    /// The inputs of a FeatureStore with an online store in a database, whose status already has a
    /// client ConfigMap.
    fn inputs(authz: &Value) -> Inputs {
        let redis = json!({"type": "redis", "secretRef": {"name": "stores"}});
        let store = testing::store(&json!({
            "feastProject": "scoring",
            "authz": authz,
            "services": {"onlineStore": {"persistence": {"store": redis}}, "ui": {}},
        }));
        let mut store = store.into_inner();
        let status = json!({"conditions": [{
            "type": "Client", "status": "True", "reason": "Ready", "message": "from before",
            "lastTransitionTime": "2024-01-01T00:00:00Z",
        }]});
        store.status = serde_json::from_value(status).expect("a status");
        testing::given().resolve(testing::admitted(store))
    }

    fn condition<'a>(status: &'a FeatureStoreStatus, wanted: &str) -> Option<&'a Condition> {
        let mut conditions = status.conditions.iter().flatten();
        conditions.find(|condition| condition.type_ == wanted)
    }

    #[test]
    fn a_failed_status_gives_the_reason_and_keeps_later_conditions() {
        let inputs = inputs(&json!(null));
        let error = render(&inputs).expect_err("its Secret is missing");
        let expected = Error::StoreSecretNotFound {
            store: "online",
            name: "stores".to_owned(),
        };
        assert_eq!(error, expected);
        let status = failed(&inputs, &error);
        assert_eq!(status.phase.as_deref(), Some("Failed"));
        let newest = feast_api::Release::NEWEST.name();
        assert_eq!(status.feast_version.as_deref(), Some(newest));
        let reason = |wanted| {
            let condition = condition(&status, wanted)?;
            Some((
                condition.status == ConditionStatus::True,
                condition.reason.as_str(),
            ))
        };
        assert_eq!(reason("Authorization"), Some((true, "Ready")));
        // Only `FeatureStore` reports errors of a store.
        assert_eq!(reason("OnlineStore"), None);
        assert_eq!(reason("FeatureStore"), Some((false, "FeatureStoreFailed")));
        assert_eq!(reason("UI"), None);
        let client = condition(&status, "Client").expect("it was there");
        assert_eq!(client.message, "from before");
    }

    /// How a failure at a stage changes the conditions of a FeatureStore, which were all true
    /// before: each is completed (`+`), failed (`!`), kept (`=`) or removed (`-`).
    fn parts(release: &str, spec: &Value, stage: Stage) -> String {
        let mut store = testing::store(spec).into_inner();
        let before = ConditionType::PARTS.map(|part| {
            json!({
                "type": part.as_str(), "status": "True", "reason": "Ready", "message": "from before",
                "lastTransitionTime": "2024-01-01T00:00:00Z",
            })
        });
        store.status = serde_json::from_value(json!({"conditions": before})).expect("a status");
        let mut given = testing::given();
        given.settings.release = release.parse().expect("a release");
        let inputs = given.resolve(testing::admitted(store));
        let refused = Error::Refused {
            object: ObjectRef::of::<Role>(&inputs.store().metadata),
            message: "for this test".to_owned(),
            stage,
        };
        let status = failed(&inputs, &refused);
        let part = |part: ConditionType| match condition(&status, part.as_str()) {
            None => '-',
            Some(condition) if condition.message == "from before" => '=',
            Some(condition) if condition.status == ConditionStatus::True => '+',
            Some(_) => '!',
        };
        ConditionType::PARTS.map(part).into_iter().collect()
    }

    #[test]
    fn each_stage_sets_the_conditions_of_the_reference() {
        let all = json!({
            "feastProject": "a",
            "openlineage": {"enabled": true, "consumer": {"enabled": true, "lineageServer": {}}},
            "services": {
                "offlineStore": {"server": {}}, "onlineStore": {"server": {}},
                "registry": {"local": {"server": {}}}, "ui": {},
            },
        });
        let remote = json!({"remote": {"hostname": "registry:80"}});
        let least = json!({
            "feastProject": "a",
            "authz": {"noAuth": true},
            "services": {"onlineStore": {"server": {}}, "registry": remote},
        });
        // Authorization, offline store, online store, registry, UI, lineage, client, CronJob.
        for (stage, of_all, of_least) in [
            (Stage::Reference, "========", "========"),
            (Stage::Authorization, "!=======", "-======="),
            (Stage::Servers, "+=======", "-======="),
            (Stage::OfflineStore, "+!======", "--======"),
            (Stage::OnlineStore, "++!=====", "--!====="),
            (Stage::Registry, "+++!====", "--+-===="),
            (Stage::Ui, "++++!===", "--+--==="),
            (Stage::Route, "+++++===", "--+--==="),
            (Stage::Lineage, "+++++!==", "--+---=="),
            (Stage::Deployment, "+++++===", "--+---=="),
            (Stage::LineageServer, "+++++!==", "--+---=="),
            (Stage::Client, "++++++!=", "--+---!="),
            (Stage::Discovery, "+++++++=", "--+---+="),
            (Stage::CronJob, "+++++++!", "--+---+!"),
            (Stage::ServiceMonitor, "++++++++", "--+---++"),
        ] {
            assert_eq!(parts("main", &all, stage), of_all, "{stage:?}");
            assert_eq!(parts("main", &least, stage), of_least, "{stage:?}");
        }
    }

    /// The host names, replicas, client and CronJob in the status of a rejected FeatureStore.
    fn reported(platform: Platform, refused: impl FnOnce(&Inputs) -> Error) -> String {
        let remote = json!({"remote": {"feastRef": {"name": "gone"}}});
        let spec = json!({"feastProject": "a", "services": {"registry": remote, "ui": {}}});
        let mut store = testing::store(&spec).into_inner();
        let before = json!({"serviceHostnames": {"onlineStore": "before:80"}});
        store.status = serde_json::from_value(before).expect("a status");
        let given = testing::given().platform(platform);
        let inputs = given.resolve(testing::admitted(store));
        let status = failed(&inputs, &refused(&inputs));
        let hostnames = status.service_hostnames.expect("one is there");
        let fields = [
            hostnames.online_store,
            hostnames.ui,
            status.selector,
            status.client_config_map,
            status.cron_job,
        ];
        let fields = fields.into_iter().flatten();
        fields.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn fields_reported_before_the_error_are_kept() {
        let own = "feast-sample-online.ml.svc.cluster.local:80";
        let unreachable = |inputs: &Inputs| render(inputs).expect_err("nobody has the registry");
        assert_eq!(reported(Platform::kubernetes(), unreachable), own);
        // On OpenShift the registry's certificate is checked before anything else.
        assert_eq!(reported(Platform::openshift(), unreachable), "before:80");

        let sample = &testing::store(&json!({"feastProject": "a"}))
            .metadata
            .clone();
        let role = ObjectRef::of::<Role>(sample);
        let autoscaler = ObjectRef::of::<HorizontalPodAutoscaler>(sample);
        let cron_job = ObjectRef::of::<CronJob>(sample);
        let scaled = format!("{own} feast.dev/name=sample");
        let client = format!("{scaled} feast-sample-client");
        let all = format!("{client} feast-sample");
        for (object, stage, expected) in [
            (&role, Stage::Deployment, own),
            (&autoscaler, Stage::Deployment, &scaled),
            (&role, Stage::LineageServer, &scaled),
            (&role, Stage::Client, &client),
            (&role, Stage::CronJob, &client),
            (&cron_job, Stage::CronJob, &all),
            (&role, Stage::ServiceMonitor, &all),
        ] {
            let found = reported(Platform::kubernetes(), |_| Error::Refused {
                object: object.clone(),
                message: "for this test".to_owned(),
                stage,
            });
            assert_eq!(found, expected, "{object} {stage:?}");
        }
    }

    #[test]
    fn conditions_of_later_releases_are_kept() {
        let spec = json!({"feastProject": "a"});
        for (release, expected) in [("0.65", '='), ("0.66", '-')] {
            let parts = parts(release, &spec, Stage::ServiceMonitor);
            assert_eq!(parts.chars().nth(5), Some(expected), "{release}");
        }
    }

    #[test]
    fn oidc_has_no_condition_in_older_releases() {
        let oidc = json!({"issuerUrl": "https://idp"});
        let spec = json!({"feastProject": "a", "authz": {"oidc": oidc}});
        for (release, expected) in [("0.62", '-'), ("0.63", '!')] {
            let parts = parts(release, &spec, Stage::Authorization);
            assert_eq!(parts.chars().next(), Some(expected), "{release}");
        }
    }

    #[test]
    fn failed_authorization_has_the_reason_of_its_mode() {
        let oidc = json!({"oidc": {"secretRef": {"name": "oidc"}}});
        for (authz, expected) in [
            (json!(null), "KubernetesAuthorizationDeploymentFailed"),
            (oidc, "OidcAuthorizationDeploymentFailed"),
        ] {
            let inputs = inputs(&authz);
            let refused = Error::Refused {
                object: ObjectRef::of::<Role>(&inputs.store().metadata),
                message: "for this test".to_owned(),
                stage: Stage::Authorization,
            };
            let status = failed(&inputs, &refused);
            let condition = condition(&status, "Authorization").expect("it is refused");
            assert_eq!(condition.reason, expected);
        }
    }
}
