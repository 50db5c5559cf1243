//! Tests another operator with its production client: users, server faults, broken watches and
//! crashes in any order, and in the end the objects are those that a new operator would create.
//!
//! `cargo run -p feast-testing --features client --example operator`

use std::time::Duration;

use feast_testing::cluster::Key;
use feast_testing::invariants::{self, After};
use feast_testing::server::{Fault, Requests, Server};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::json;
use tokio::time::sleep;

/// The operator: it keeps a Deployment for every Cache.
mod operator {
    use std::sync::Arc;
    use std::time::Duration;

    use futures::StreamExt;
    use k8s_openapi::api::apps::v1::Deployment;
    use kube::api::{Api, ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams};
    use kube::runtime::controller::{Action, Controller};
    use kube::runtime::watcher::Config;
    use kube::{Client, ResourceExt};
    use serde_json::json;

    pub(super) async fn run(client: Client) {
        let kind = ApiResource::from_gvk(&GroupVersionKind::gvk("example.com", "v1", "Cache"));
        let caches: Api<DynamicObject> = Api::all_with(client.clone(), &kind);
        let deployments: Api<Deployment> = Api::all(client.clone());
        Controller::new_with(caches, Config::default(), kind)
            .owns(deployments, Config::default())
            .run(reconcile, retry, Arc::new(client))
            .for_each(|_| async {})
            .await;
    }

    async fn reconcile(cache: Arc<DynamicObject>, client: Arc<Client>) -> kube::Result<Action> {
        let (name, namespace) = (cache.name_any(), cache.namespace().unwrap_or_default());
        let labels = json!({ "app": name });
        let deployment = json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {
                "name": name,
                "ownerReferences": [{
                    "apiVersion": "example.com/v1", "kind": "Cache", "controller": true,
                    "name": name, "uid": cache.uid(),
                }],
            },
            "spec": {
                "replicas": cache.data["spec"]["size"],
                "selector": { "matchLabels": labels },
                "template": {
                    "metadata": { "labels": labels },
                    "spec": { "containers": [{ "name": "cache", "image": "cache:1" }] },
                },
            },
        });
        let deployments: Api<Deployment> = Api::namespaced(Client::clone(&client), &namespace);
        let params = PatchParams::apply("caches").force();
        deployments
            .patch(&name, &params, &Patch::Apply(&deployment))
            .await?;
        Ok(Action::await_change())
    }

    fn retry(_: Arc<DynamicObject>, _: &kube::Error, _: Arc<Client>) -> Action {
        Action::requeue(Duration::from_secs(5))
    }
}

const CRD: &[u8] = b"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: caches.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Cache, plural: caches}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec: {type: object, properties: {size: {type: integer, minimum: 1, default: 1}}}
";

/// An event in a history.
#[derive(Clone, Debug)]
enum Event {
    Sized(i32),
    Deleted,
    /// Somebody deletes the Deployment.
    Meddled,
    /// The next writes fail.
    Faulty(usize, Fault),
    /// Watches pause until they are released.
    Held,
    Released,
    /// Watches break.
    Cut,
    /// The server forgets its history: watches must start with a list.
    Forgotten,
    /// The operator dies, and another one starts.
    Restarted,
}

fn events() -> impl Strategy<Value = Event> {
    let faults = vec![
        Fault::Conflict,
        Fault::TooManyRequests,
        Fault::InternalError,
        Fault::Cut,
        Fault::Lost,
    ];
    prop_oneof![
        4 => (1..5).prop_map(Event::Sized),
        1 => Just(Event::Deleted),
        1 => Just(Event::Meddled),
        2 => (1_usize..4, select(faults)).prop_map(|(times, fault)| Event::Faulty(times, fault)),
        1 => select(vec![Event::Held, Event::Cut, Event::Forgotten, Event::Released]),
        1 => Just(Event::Restarted),
    ]
}

/// Plays a history, and checks the final objects.
async fn play(events: Vec<Event>) -> Result<(), TestCaseError> {
    let crd = crd_admission::Crd::parse(CRD).expect("a CRD that a server takes");
    let server = Server::new().with_crd(crd).with_garbage_collection();
    let mut operator = tokio::spawn(operator::run(server.client()));
    let cache = Key::new("example.com/v1", "Cache", "ml", "a");
    let deployment = Key::new("apps/v1", "Deployment", "ml", "a");
    for event in events {
        match event {
            Event::Sized(size) => {
                server.put(&json!({
                    "apiVersion": "example.com/v1", "kind": "Cache",
                    "metadata": { "namespace": "ml", "name": "a" }, "spec": { "size": size },
                }))?;
            }
            Event::Deleted => server.change(|store| store.delete(&cache)),
            Event::Meddled => server.change(|store| store.delete(&deployment)),
            Event::Faulty(times, fault) => server.fault(Requests::writes().times(times), fault),
            Event::Held => server.watches().hold(),
            Event::Released => server.watches().release(),
            Event::Cut => server.watches().cut(),
            Event::Forgotten => server.forget(),
            Event::Restarted => {
                operator.abort();
                operator = tokio::spawn(operator::run(server.client()));
            }
        }
        sleep(Duration::from_secs(1)).await;
    }
    server.recover();
    server.watches().release();
    let quiet = Duration::from_secs(300);
    let settled = server.settle(quiet).await?;
    invariants::owned(&settled)?;
    invariants::stays_away(&settled)?;

    // The final objects do not depend on the history.
    let fresh = server.fresh();
    let another = tokio::spawn(operator::run(fresh.client()));
    let made = fresh.settle(quiet).await?;
    invariants::alike(After::ThisHistory, &made, &settled, |_| false)?;
    operator.abort();
    another.abort();
    Ok(())
}

fn main() {
    let config = ProptestConfig {
        cases: 50,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(history in vec(events(), 1..16))| {
        // With a paused clock, waiting takes no time.
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        let runtime = runtime.enable_time().start_paused(true).build()?;
        runtime.block_on(play(history))?;
    });
}
