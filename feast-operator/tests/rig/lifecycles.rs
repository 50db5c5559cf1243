//! The final state of a cluster does not depend on its history, for any FeatureStore and platform.

use feast_operator::platform::Offer;
use feast_render::Platform;
use feast_testing::cluster::{Key, Store, Trespass};
use feast_testing::invariants::{self, After, Broken};
use feast_testing::server::{Fault, Requests, Server};
use feast_testing::strategies::{self as s, Scenario};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::histories::{block_on, config};
use crate::rig::{OPERATORS, Rig, cluster};

/// A cluster with a scenario and without an operator. Autoscalers set the number of replicas.
fn begin(scenario: &Scenario) -> Server {
    let server = cluster().with_load(2);
    for object in &scenario.objects {
        server.put(object).unwrap();
    }
    server.put(&scenario.feature_store).unwrap();
    server
}

/// An operator on users' objects in a cluster.
async fn work_on(server: &Server, platform: &Platform) -> Rig {
    let offer = Offer {
        platform: platform.clone(),
        mlflow: false,
    };
    let flags = ["--hardened", "--no-leader-election"];
    Rig::on(server.fresh(), &flags, Some(offer)).await
}

/// Shared Roles and discovery ConfigMaps, which remain.
pub(crate) fn is_shared(key: &Key) -> bool {
    key.kind == "ClusterRole" || key.namespace == OPERATORS
}

/// Whether a FeatureStore is rejected; its objects then remain.
pub(crate) fn is_refused(store: &Store) -> bool {
    let mut stores = store.of_kind("feast.dev/v1", feast_api::KIND);
    stores.any(|(_, fs)| fs["status"]["phase"] == "Failed")
}

/// The invariants at rest.
pub(crate) fn all_is_well(store: &Store) -> Result<(), Broken> {
    invariants::owned(store)?;
    invariants::secrets_stay(store)?;
    invariants::steady_status(store)?;
    if !store.trespasses().iter().all(is_called_for) {
        invariants::stays_away(store)?;
    }
    if is_refused(store) {
        return Ok(());
    }
    invariants::services_reach_containers(store)?;
    invariants::mounts_have_volumes(store)?;
    invariants::references_resolve(store)
}

/// A FeatureStore that is no longer autoscaled takes its replicas back from the autoscaler.
fn is_called_for(trespass: &Trespass) -> bool {
    trespass.object.kind == "Deployment" && trespass.fields == ["/spec/replicas"]
}

/// The operator is killed after some of its writes, and another one starts.
async fn crash(scenario: &Scenario, which: Index) -> Result<(), TestCaseError> {
    let (server, platform) = (begin(scenario), &scenario.settings.platform);
    let rig = work_on(&server, platform).await;
    let undisturbed = rig.settles().await;
    all_is_well(&undisturbed)?;
    let writes = which.index(rig.server.writes().len() + 1);

    let mut rig = work_on(&server, platform).await;
    let dead = Requests::writes().after(writes);
    rig.server.fault(dead, Fault::Silent);
    Rig::seconds(10).await;
    rig.kill();
    rig.server.recover();
    rig.restart().await;
    let resumed = rig.settles().await;
    all_is_well(&resumed)?;
    Ok(invariants::alike(
        After::Crash { writes },
        &undisturbed,
        &resumed,
        is_shared,
    )?)
}

/// The spec changes, and changes back.
async fn there_and_back(scenario: &Scenario, others: &[Value]) -> Result<(), TestCaseError> {
    let rig = work_on(&begin(scenario), &scenario.settings.platform).await;
    let first = rig.settles().await;
    all_is_well(&first)?;
    // A rejected FeatureStore keeps the objects of its previous spec.
    prop_assume!(!is_refused(&first));
    let ask = |spec: &Value| {
        let mut fs = rig.server.get(&scenario.key()).unwrap();
        fs["spec"] = spec.clone();
        rig.server.put(&fs).is_ok()
    };
    for spec in others {
        // A change that the API server rejects has no effect.
        if !ask(spec) {
            continue;
        }
        all_is_well(&rig.settles().await)?;
        if !ask(&json!(scenario.feature_store.spec)) {
            return Ok(());
        }
        let back = rig.settles().await;
        all_is_well(&back)?;
        invariants::alike(After::ThereAndBack, &first, &back, is_shared)?;
    }
    Ok(())
}

/// A referenced object is missing for a while.
async fn miss(scenario: &Scenario, which: Index) -> Result<(), TestCaseError> {
    let rig = work_on(&begin(scenario), &scenario.settings.platform).await;
    let undisturbed = rig.settles().await;
    let lost = which.get(&scenario.objects);
    rig.delete(&Key::of(lost));
    all_is_well(&rig.settles().await)?;
    rig.server.put(lost).unwrap();
    let repaired = rig.settles().await;
    all_is_well(&repaired)?;
    Ok(invariants::alike(
        After::Recovery,
        &undisturbed,
        &repaired,
        is_shared,
    )?)
}

/// The FeatureStore is deleted.
async fn delete(scenario: &Scenario) -> Result<(), TestCaseError> {
    let rig = work_on(&begin(scenario), &scenario.settings.platform).await;
    rig.settles().await;
    rig.delete(&scenario.key());
    let left = rig.settles().await;
    let name = scenario.key().name;
    let is_its = |object: &Value| object["metadata"]["labels"]["feast.dev/name"] == name;
    let made = left
        .made()
        .filter(|(key, object)| !is_shared(key) && is_its(object));
    let made: Vec<&Key> = made.map(|(key, _)| key).collect();
    prop_assert!(made.is_empty(), "{made:?}");
    Ok(())
}

proptest! {
    #![proptest_config(config(6))]

    #[test]
    fn a_crash_anywhere_does_no_harm(scenario in s::scenarios(), which: Index) {
        block_on(crash(&scenario, which))?;
    }

    #[test]
    fn edits_and_back(scenario in s::scenarios(), others in s::edits(1..4)) {
        let others: Vec<_> = others.iter().map(|fs| json!(fs.spec)).collect();
        block_on(there_and_back(&scenario, &others))?;
    }

    #[test]
    fn what_was_missing_and_is_there_again_leaves_no_trace(
        scenario in s::scenarios(),
        which: Index,
    ) {
        block_on(miss(&scenario, which))?;
    }

    #[test]
    fn nothing_is_left_of_what_is_deleted(scenario in s::scenarios()) {
        block_on(delete(&scenario))?;
    }
}
