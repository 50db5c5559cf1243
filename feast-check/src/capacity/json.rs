//! Capacity as data.

use std::collections::BTreeMap;

use feast_render::ObjectRef;
use serde_json::{Map, Value, json};

use super::need::{Amounts, Need};
use super::scaling::Scaling;
use super::together::Together;
use super::workload::{Container, Database, Pods, Workload};

pub(super) fn json(stores: &[Scaling], together: &[Together], notes: &[String]) -> Value {
    let needs = stores.iter().map(|store| &store.needs);
    let mut needs = needs.chain(together.iter().map(|it| &it.needs)).flatten();
    json!({
        "featureStores": stores.iter().map(store).collect::<Vec<_>>(),
        "together": together.iter().map(shared).collect::<Vec<_>>(),
        "notes": notes,
        "fits": needs.all(Need::fits),
    })
}

fn store(store: &Scaling) -> Value {
    json!({
        "featureStore": store.feature_store.place(),
        "scaledBy": store.scaled_by.iter().map(object).collect::<Vec<_>>(),
        "workloads": store.workloads.iter().map(workload).collect::<Vec<_>>(),
        "needs": store.needs.iter().map(need).collect::<Vec<_>>(),
    })
}

fn shared(together: &Together) -> Value {
    let stores = together.feature_stores.iter();
    json!({
        "title": together.title,
        "featureStores": stores.map(ObjectRef::place).collect::<Vec<_>>(),
        "needs": together.needs.iter().map(need).collect::<Vec<_>>(),
    })
}

fn object(object: &ObjectRef) -> Value {
    json!({"kind": object.kind, "name": object.name})
}

fn workload(workload: &Workload) -> Value {
    let pods = |pods: Pods| json!({"atRest": pods.at_rest, "peak": pods.peak});
    json!({
        "kind": workload.object.kind,
        "name": workload.object.name,
        "min": pods(workload.min),
        "max": pods(workload.max),
        "containers": workload.containers.iter().map(container).collect::<Vec<_>>(),
    })
}

fn container(container: &Container) -> Value {
    let resources = container.resources.iter();
    let resources: Map<_, _> = resources
        .map(|(measure, amount)| (measure.name().to_owned(), measure.quantity(*amount).into()))
        .collect();
    let connections = container.connections.iter();
    let connections: BTreeMap<_, _> = connections
        .map(|(database, held)| (name(database), held))
        .collect();
    json!({
        "name": container.name,
        "init": container.is_init,
        "resources": resources,
        "connections": connections,
    })
}

fn need(need: &Need) -> Value {
    let quantity = |amount| need.measure.quantity(amount);
    let amounts =
        |Amounts { at_rest, peak }| json!({"atRest": quantity(at_rest), "peak": quantity(peak)});
    let mut value = json!({
        "of": need.measure.name(),
        "min": amounts(need.min),
        "max": amounts(need.max),
        "fits": need.fits(),
    });
    if let Some(database) = &need.database {
        value["database"] = name(database).into();
    }
    if let Some(limit) = &need.limit {
        value["limit"] = json!({"amount": quantity(limit.amount), "source": limit.source});
    }
    if let Some(pods) = need.enough_for {
        value["enoughForPods"] = pods.into();
    }
    if let Some(misfit) = need.misfit() {
        value["misfit"] = misfit.into();
    }
    if !need.silent.is_empty() {
        value["notCounted"] = need.silent.clone().into();
    }
    value
}

fn name(database: &Database) -> String {
    match database {
        Database::At(address) => address.clone(),
        Database::Of(block) => (*block).to_owned(),
    }
}
