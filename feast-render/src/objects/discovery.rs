//! Shared ConfigMaps for the discovery of all FeatureStores of a cluster.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::directory::Directory;
use super::listing::{Client, Consumer, Listing, Wish};
use super::rbac::{everybody, role, role_binding, rule_on};
use crate::changes::Change;
use crate::context::Context;
use crate::corrections::Correction;
use crate::inputs::Inputs;
use crate::names::{
    DISCOVERY_CONFIG_MAPS, LINEAGE_DISCOVERY, REGISTRY_DISCOVERY, common_labels, discovery_reader,
    service_host, types,
};
use crate::plan::Plan;
use crate::server::{ServerType, Tls, scheme};

/// Path of the lineage API.
const LINEAGE_ENDPOINT: &str = "api/v1/lineage";

/// Adds the FeatureStore's entries, merged into the existing ConfigMaps.
pub(crate) fn add(context: &Context<'_>, plan: &mut Plan) {
    let (settings, store) = (context.inputs.settings(), context.inputs.store());
    let listing = Listing::unchanged(settings, store.namespace(), store.name());
    let Some(mut listing) = listing else { return };
    let namespace = &listing.shared.clone();
    let is_public = !context.is_protected();
    let is_consumer = context.has(Change::LineageDiscovery)
        && context.consumer().is_some_and(|consumer| consumer.enabled);
    let withdraws = context.corrects(Correction::LeftoverDiscovery);
    listing.labels = labels(context);
    if is_public {
        add_reader(context, namespace, REGISTRY_DISCOVERY, plan);
        listing.client = Client::In;
    } else if withdraws {
        listing.client = Client::Out;
    }
    if is_consumer && is_public {
        add_reader(context, namespace, LINEAGE_DISCOVERY, plan);
        listing.consumer = consumer(context).map_or(Wish::Place, Wish::In);
    } else if withdraws {
        listing.consumer = Wish::Out;
    }
    list(context.inputs, listing, plan);
}

/// Removes the entries of a deleted FeatureStore.
pub(crate) fn withdraw(inputs: &Inputs, plan: &mut Plan) {
    let store = inputs.store();
    let listing = Listing::leaving(inputs.settings(), store.namespace(), store.name());
    if let Some(listing) = listing {
        list(inputs, listing, plan);
    }
}

/// Adds the ConfigMaps with a listing, merged into the existing ones.
fn list(inputs: &Inputs, listing: Listing, plan: &mut Plan) {
    let maps = DISCOVERY_CONFIG_MAPS.iter();
    let maps = maps.filter_map(|name| inputs.live().config_map(&listing.shared, name));
    let mut directory = Directory::of(maps);
    directory.enter(&listing);
    plan.discovery_config_maps.extend(directory.config_maps());
    plan.listing = Some(listing);
}

/// Lets everyone read a discovery ConfigMap.
fn add_reader(context: &Context<'_>, namespace: &str, config_map: &str, plan: &mut Plan) {
    let reader = discovery_reader(config_map);
    let metadata = || ObjectMeta {
        name: Some(reader.clone()),
        namespace: Some(namespace.to_owned()),
        labels: context.has(Change::ManagedByLabel).then(|| labels(context)),
        ..ObjectMeta::default()
    };
    let rules = vec![rule_on("", "configmaps", config_map, &["get", "list"])];
    plan.roles.push(role(metadata(), rules));
    plan.role_bindings
        .push(role_binding(metadata(), &reader, everybody()));
}

/// Labels of shared objects. The reference uses the name of the FeatureStore that it reconciled
/// last.
fn labels(context: &Context<'_>) -> BTreeMap<String, String> {
    if context.corrects(Correction::SharedDiscovery) {
        common_labels()
    } else {
        context.names.labels()
    }
}

/// The receiver of events: the lineage server, the registry's REST API or the user interface.
fn consumer(context: &Context<'_>) -> Option<Consumer> {
    let (service, tls) = if let Some(lineage) = context.lineage_server() {
        let tls = lineage
            .server
            .as_ref()
            .and_then(|server| Tls::in_force(server.tls.as_ref()));
        (context.names.of_type(types::LINEAGE), tls.is_some())
    } else if let Some(server) = context
        .server(ServerType::Registry)
        .filter(|server| server.rest)
    {
        (context.names.registry_rest(), server.tls.is_some())
    } else {
        let server = context.server(ServerType::Ui)?;
        (
            context.names.of_type(server.kind.name()),
            server.tls.is_some(),
        )
    };
    let (scheme, port) = scheme(tls);
    Some(Consumer {
        url: format!(
            "{scheme}://{}:{port}",
            service_host(&service, context.namespace)
        ),
        endpoint: LINEAGE_ENDPOINT.to_owned(),
        tls,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corrections::Corrections;
    use crate::testing::given;

    #[test]
    fn a_release_without_lineage_discovery_removes_no_consumer() {
        let endpoints = json!({"consumers": {"ml/sample": {"url": "http://a:80"}}}).to_string();
        let listed = json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": LINEAGE_DISCOVERY, "namespace": "feast-operator-system"},
            "data": {"endpoints": endpoints},
        });
        for (release, corrections, expected) in [
            ("0.65", Corrections::NONE, 0),
            ("0.65", Corrections::ALL, 1),
            ("0.66", Corrections::NONE, 1),
        ] {
            let mut given = given().objects([listed.clone()]).corrections(corrections);
            given.settings.release = release.parse().expect("a release");
            let mut plan = Plan::default();
            withdraw(&given.inputs(&json!({"feastProject": "a"})), &mut plan);
            assert_eq!(plan.discovery_config_maps.len(), expected, "{release}");
        }
    }
}
