use std::collections::BTreeMap;

use feast_api::v1::{
    FeatureStore, FeatureStoreServices, FeatureStoreSpec, OfflineStore, OnlineStore, PdbConfig,
    ScalingConfig,
};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use proptest::prelude::*;

use super::surroundings::{FEAST, NAMES};
use super::{often, one_of, pod, rarely, server, settings, stores, with};

/// Valid FeatureStores as people configure them.
pub(super) fn configured() -> impl Strategy<Value = FeatureStore> {
    named(spec())
}

/// FeatureStores with more than one replica.
pub(super) fn configured_replicated() -> impl Strategy<Value = FeatureStore> {
    let replicas = (2..6).prop_map(Scaling::Replicas);
    named(replicas.prop_flat_map(spec_of))
}

/// Specs that the API server admits.
fn spec() -> impl Strategy<Value = FeatureStoreSpec> {
    prop_oneof![2 => Just(Scaling::Single), 1 => scaling()].prop_flat_map(spec_of)
}

fn named(spec: impl Strategy<Value = FeatureStoreSpec>) -> impl Strategy<Value = FeatureStore> {
    let name = one_of(NAMES);
    let namespace = one_of(&["feast", "team-a"]);
    let protected = one_of(&["true", "false"])
        .prop_map(|value| BTreeMap::from([("feast.dev/protected-project".into(), value)]));
    (name, namespace, rarely(protected), spec).prop_map(|(name, namespace, annotations, spec)| {
        let mut fs = FeatureStore::new(&name, spec);
        own_names(&mut fs.spec, &format!("feast-{name}"));
        fs.metadata.namespace = Some(namespace);
        fs.metadata.annotations = annotations;
        fs.metadata.uid = Some("00000000-0000-0000-0000-000000000001".into());
        fs
    })
}

/// Inserts the name of the FeatureStore's own objects where a placeholder asks for it.
fn own_names(spec: &mut FeatureStoreSpec, feast: &str) {
    let kubernetes = spec
        .authz
        .as_mut()
        .and_then(|authz| authz.kubernetes.as_mut());
    let roles = kubernetes.and_then(|kubernetes| kubernetes.roles.as_mut());
    let engine = spec.batch_engine.as_mut();
    let key = engine.and_then(|engine| engine.config_map_key.as_mut());
    for name in roles.into_iter().flatten().chain(key) {
        *name = name.replace(FEAST, feast);
    }
}

/// The number of pods.
#[derive(Clone, Debug)]
enum Scaling {
    Single,
    Replicas(i32),
    Auto(feast_api::v1::AutoscalingConfig),
}

fn scaling() -> impl Strategy<Value = Scaling> {
    prop_oneof![
        (2..6).prop_map(Scaling::Replicas),
        pod::autoscaling().prop_map(Scaling::Auto),
    ]
}

fn spec_of(scaling: Scaling) -> impl Strategy<Value = FeatureStoreSpec> {
    let shared = !matches!(scaling, Scaling::Single);
    let settings = (
        one_of(&["credit_scoring", "my-project", "9lives"]),
        rarely(settings::authz()),
        rarely(settings::batch_engine()),
        rarely(settings::cron_job()),
        rarely(settings::data_quality_monitoring()),
        rarely(settings::project_dir()),
        rarely(settings::materialization()),
        rarely(settings::mlflow()),
        rarely(settings::openlineage()),
    );
    (settings, services(shared)).prop_map(move |(settings, mut services)| {
        let (feast_project, authz, batch_engine, cron_job, monitoring, dir, material, mlflow, line) =
            settings;
        let replicas = match &scaling {
            Scaling::Single => 1,
            Scaling::Replicas(replicas) => *replicas,
            Scaling::Auto(autoscaling) => {
                let scaling = ScalingConfig { autoscaling: Some(autoscaling.clone()) };
                services.get_or_insert_default().scaling = Some(scaling);
                1
            }
        };
        FeatureStoreSpec {
            authz,
            batch_engine,
            cron_job,
            data_quality_monitoring: monitoring,
            feast_project,
            feast_project_dir: dir,
            materialization: material,
            mlflow,
            openlineage: line,
            replicas: Some(replicas),
            services,
        }
    })
}

/// Services; with `shared`, on stores that several pods can share.
fn services(shared: bool) -> impl Strategy<Value = Option<FeatureStoreServices>> {
    let some = all_services(shared).prop_map(Some);
    if shared {
        some.boxed()
    } else {
        prop_oneof![1 => Just(None), 4 => some].boxed()
    }
}

fn all_services(shared: bool) -> impl Strategy<Value = FeatureStoreServices> {
    let servers = (
        online_store(shared),
        often(offline_store(shared)),
        with(shared, stores::registry(shared)),
        rarely(server::config()),
    );
    let init = (
        rarely(any::<bool>()),
        rarely(one_of(&["init:1", ""])),
        rarely(any::<bool>()),
    );
    (servers, init, pod::placement(), rarely(budget())).prop_map(
        |(servers, init, placement, pod_disruption_budgets)| {
            let (online_store, offline_store, registry, ui) = servers;
            let (disable_init_containers, init_image, run_feast_apply_on_init) = init;
            FeatureStoreServices {
                online_store,
                offline_store,
                registry,
                ui,
                disable_init_containers,
                init_image,
                run_feast_apply_on_init,
                pod_disruption_budgets,
                ..placement
            }
        },
    )
}

fn online_store(shared: bool) -> impl Strategy<Value = Option<OnlineStore>> {
    let persistence = with(shared, stores::online(shared));
    let disabled = if shared {
        Just(None).boxed()
    } else {
        prop_oneof![6 => Just(None), 1 => any::<bool>().prop_map(Some)].boxed()
    };
    let store = (
        disabled,
        persistence,
        often(server::config()),
        rarely(server::serving()),
    );
    let store = store.prop_map(|(disabled, persistence, server, serving)| OnlineStore {
        disabled,
        persistence,
        server,
        serving,
    });
    with(shared, store)
}

fn offline_store(shared: bool) -> impl Strategy<Value = OfflineStore> {
    (
        with(shared, stores::offline(shared)),
        often(server::config()),
    )
        .prop_map(|(persistence, server)| OfflineStore {
            persistence,
            server,
        })
}

fn budget() -> impl Strategy<Value = PdbConfig> {
    let amount = prop_oneof![
        (1..3).prop_map(IntOrString::Int),
        Just(IntOrString::String("50%".into())),
    ];
    (any::<bool>(), amount).prop_map(|(is_minimum, amount)| {
        let [min_available, max_unavailable] = if is_minimum {
            [Some(amount), None]
        } else {
            [None, Some(amount)]
        };
        PdbConfig {
            min_available,
            max_unavailable,
        }
    })
}
