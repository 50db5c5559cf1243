//! ConfigMaps in which all FeatureStores of a cluster are found.

use std::collections::BTreeMap;

use feast_api::v1::FeatureStore;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::rbac::{everybody, role, role_binding, rule_on};
use crate::changes::Change;
use crate::context::Context;
use crate::corrections::Correction;
use crate::inputs::Inputs;
use crate::names::{
    LINEAGE_DISCOVERY, Names, REGISTRY_DISCOVERY, common_labels, discovery_reader, service_host,
    types,
};
use crate::object_ref::ObjectRef;
use crate::plan::Plan;
use crate::server::{ServerType, Tls, scheme};

const NAMESPACES_KEY: &str = "namespaces";
const ENDPOINTS_KEY: &str = "endpoints";
const URL_KEY: &str = "url";
const CONFIG_KEY: &str = "openlineage.yml";
/// Path of the lineage API.
const LINEAGE_ENDPOINT: &str = "api/v1/lineage";

/// What [`NAMESPACES_KEY`] holds: client ConfigMaps by namespace.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Registry {
    #[serde(default)]
    namespaces: Option<BTreeMap<String, Option<Vec<String>>>>,
}

/// What [`ENDPOINTS_KEY`] holds: consumers by namespace and name.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Endpoints {
    #[serde(default)]
    consumers: Option<BTreeMap<String, Consumer>>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Consumer {
    url: String,
    endpoint: String,
    tls: bool,
}

/// Adds what makes the FeatureStore known, merged with what is there.
pub(crate) fn add(context: &Context<'_>, plan: &mut Plan) {
    let Some(namespace) = context.inputs.settings().discovery_namespace() else {
        return;
    };
    let consumer = context.has(Change::LineageDiscovery)
        && context.consumer().is_some_and(|consumer| consumer.enabled);
    let shared = Shared {
        inputs: context.inputs,
        namespace,
    };
    let withdraws = context.corrects(Correction::LeftoverDiscovery);
    if !context.is_protected() {
        add_reader(context, namespace, REGISTRY_DISCOVERY, plan);
        plan.discovery_config_maps.push(shared.with_client(context));
    } else if withdraws {
        plan.discovery_config_maps.extend(shared.without_client());
    }
    if consumer && !context.is_protected() {
        add_reader(context, namespace, LINEAGE_DISCOVERY, plan);
        plan.discovery_config_maps
            .extend(shared.with_consumer(context));
    } else if withdraws {
        plan.discovery_config_maps.extend(shared.without_consumer());
    }
}

/// What is left when the FeatureStore is gone.
pub(crate) fn withdraw(inputs: &Inputs, plan: &mut Plan) {
    let Some(namespace) = inputs.settings().discovery_namespace() else {
        return;
    };
    let shared = Shared { inputs, namespace };
    plan.discovery_config_maps.extend(shared.without_client());
    let corrects = inputs.corrections().contains(Correction::LeftoverDiscovery);
    if corrects || inputs.has(Change::LineageDiscovery) {
        plan.discovery_config_maps.extend(shared.without_consumer());
    }
}

/// The FeatureStores that a discovery ConfigMap lists; whether they are there is another question.
///
/// Of one that is gone, [`render_deletion`](crate::render_deletion) takes the entry away.
///
/// ```
/// use feast_render::{DISCOVERY_CONFIG_MAPS, listed};
///
/// let config_map = serde_json::from_value(serde_json::json!({
///     "metadata": { "namespace": "operators", "name": DISCOVERY_CONFIG_MAPS[0] },
///     "data": { "namespaces": r#"{"namespaces":{"ml":["feast-shop-client"]}}"# },
/// }))?;
/// let shop = &listed(&config_map)[0];
/// assert_eq!((shop.namespace.as_deref(), &*shop.name), (Some("ml"), "shop"));
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn listed(config_map: &ConfigMap) -> Vec<ObjectRef> {
    let store = |namespace: &str, name: &str| ObjectRef::new::<FeatureStore>(Some(namespace), name);
    let registry: Registry = read(Some(config_map), NAMESPACES_KEY).unwrap_or_default();
    let clients = registry.namespaces.iter().flatten();
    let clients = clients.flat_map(|(namespace, clients)| {
        let names = clients
            .iter()
            .flatten()
            .filter_map(|client| Names::of_client(client));
        names.map(|name| store(namespace, name))
    });
    let endpoints: Endpoints = read(Some(config_map), ENDPOINTS_KEY).unwrap_or_default();
    let consumers = endpoints.consumers.iter().flatten();
    let consumers = consumers.filter_map(|(consumer, _)| {
        let (namespace, name) = consumer.split_once('/')?;
        Some(store(namespace, name))
    });
    clients.chain(consumers).collect()
}

/// Everybody may read a discovery ConfigMap.
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

/// The reference puts the name of the FeatureStore that was reconciled last on what all share.
fn labels(context: &Context<'_>) -> BTreeMap<String, String> {
    if context.corrects(Correction::SharedDiscovery) {
        common_labels()
    } else {
        context.names.labels()
    }
}

/// The shared ConfigMaps as one FeatureStore sees them.
#[derive(Clone, Copy)]
struct Shared<'a> {
    inputs: &'a Inputs,
    namespace: &'a str,
}

impl<'a> Shared<'a> {
    fn live(self, config_map: &str) -> Option<&'a ConfigMap> {
        self.inputs.live().config_map(self.namespace, config_map)
    }

    fn own_namespace(self) -> &'a str {
        self.inputs.store().namespace()
    }

    /// Name of the client ConfigMap.
    fn client(self) -> String {
        Names::of(self.inputs.store().name()).of_type(types::CLIENT)
    }

    /// Key of the consumer.
    fn consumer(self) -> String {
        format!("{}/{}", self.own_namespace(), self.inputs.store().name())
    }

    /// A ConfigMap with changed entries; all others stay.
    fn changed(
        self,
        config_map: &str,
        labels: Option<BTreeMap<String, String>>,
        entries: impl IntoIterator<Item = (&'static str, Option<String>)>,
    ) -> ConfigMap {
        let live = self.live(config_map);
        let mut data = live.and_then(|live| live.data.clone()).unwrap_or_default();
        for (key, value) in entries {
            match value {
                Some(value) => data.insert(key.to_owned(), value),
                None => data.remove(key),
            };
        }
        ConfigMap {
            metadata: ObjectMeta {
                name: Some(config_map.to_owned()),
                namespace: Some(self.namespace.to_owned()),
                labels: labels.or_else(|| live.and_then(|live| live.metadata.labels.clone())),
                resource_version: live.and_then(|live| live.metadata.resource_version.clone()),
                ..ObjectMeta::default()
            },
            data: Some(data).filter(|data| !data.is_empty()),
            ..ConfigMap::default()
        }
    }

    fn with_client(self, context: &Context<'_>) -> ConfigMap {
        let live = self.live(REGISTRY_DISCOVERY);
        let mut registry: Registry = read(live, NAMESPACES_KEY).unwrap_or_default();
        let namespaces = registry.namespaces.get_or_insert_default();
        let clients = namespaces
            .entry(self.own_namespace().to_owned())
            .or_default();
        let clients = clients.get_or_insert_default();
        let client = self.client();
        if !clients.contains(&client) {
            clients.push(client);
        }
        let entry = (NAMESPACES_KEY, Some(json(&registry)));
        self.changed(REGISTRY_DISCOVERY, Some(labels(context)), [entry])
    }

    fn without_client(self) -> Option<ConfigMap> {
        let live = self.live(REGISTRY_DISCOVERY)?;
        let mut registry: Registry = match entry(live, NAMESPACES_KEY) {
            None => Registry::default(),
            Some(text) => parse(text)?,
        };
        let namespaces = registry.namespaces.get_or_insert_default();
        if let Some(clients) = namespaces.get_mut(self.own_namespace()) {
            let client = self.client();
            let clients = clients.get_or_insert_default();
            clients.retain(|listed| *listed != client);
            if clients.is_empty() {
                namespaces.remove(self.own_namespace());
            }
        }
        Some(self.changed(
            REGISTRY_DISCOVERY,
            None,
            [(NAMESPACES_KEY, Some(json(&registry)))],
        ))
    }

    fn with_consumer(self, context: &Context<'_>) -> Option<ConfigMap> {
        let live = self.live(LINEAGE_DISCOVERY);
        let Some(consumer) = consumer(context) else {
            // The reference makes an empty one all the same, without labels.
            let corrects = context.corrects(Correction::SharedDiscovery);
            let labels = corrects.then(|| labels(context));
            return live
                .is_none()
                .then(|| self.changed(LINEAGE_DISCOVERY, labels, []));
        };
        let mut endpoints: Endpoints = read(live, ENDPOINTS_KEY).unwrap_or_default();
        let consumers = endpoints.consumers.get_or_insert_default();
        consumers.insert(self.consumer(), consumer.clone());
        let before = advertised_before(consumers, live)
            .filter(|_| context.corrects(Correction::SharedDiscovery));
        let one = before.unwrap_or(consumer);
        let entries = advertised(&endpoints, Some(&one));
        Some(self.changed(LINEAGE_DISCOVERY, Some(labels(context)), entries))
    }

    fn without_consumer(self) -> Option<ConfigMap> {
        let live = self.live(LINEAGE_DISCOVERY);
        let mut endpoints: Endpoints = read(live, ENDPOINTS_KEY)?;
        let consumers = endpoints.consumers.as_mut()?;
        consumers.remove(&self.consumer())?;
        // The one that is advertised stays so, if it is not the one that goes.
        let next =
            advertised_before(consumers, live).or_else(|| consumers.values().next().cloned());
        let entries = advertised(&endpoints, next.as_ref());
        Some(self.changed(LINEAGE_DISCOVERY, None, entries))
    }
}

/// The consumer that is advertised, if it is among these.
fn advertised_before(
    consumers: &BTreeMap<String, Consumer>,
    live: Option<&ConfigMap>,
) -> Option<Consumer> {
    let url = entry(live?, URL_KEY)?;
    let mut consumers = consumers.values();
    consumers.find(|consumer| consumer.url == url).cloned()
}

/// Entries of the ConfigMap of consumers, of which one is advertised.
fn advertised(
    endpoints: &Endpoints,
    one: Option<&Consumer>,
) -> [(&'static str, Option<String>); 3] {
    [
        (ENDPOINTS_KEY, Some(json(endpoints))),
        (URL_KEY, one.map(|consumer| consumer.url.clone())),
        (CONFIG_KEY, one.map(config)),
    ]
}

/// Configuration of a producer.
fn config(consumer: &Consumer) -> String {
    let Consumer { url, endpoint, .. } = consumer;
    format!("transport:\n  type: http\n  url: {url}\n  endpoint: {endpoint}\n")
}

/// Where events are taken: by the lineage server, the registry's REST API or the user interface.
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

/// What a key holds, if it is there and readable.
fn read<T: DeserializeOwned>(config_map: Option<&ConfigMap>, key: &str) -> Option<T> {
    parse(entry(config_map?, key)?)
}

/// The text of a key; an empty one counts as none.
fn entry<'a>(config_map: &'a ConfigMap, key: &str) -> Option<&'a str> {
    let text = config_map.data.as_ref()?.get(key)?;
    Some(text.as_str()).filter(|text| !text.is_empty())
}

fn parse<T: DeserializeOwned>(text: &str) -> Option<T> {
    // Serde would read a structure from a list, too.
    let value: Value = serde_json::from_str(text).ok()?;
    value
        .is_object()
        .then(|| serde_json::from_value(value).ok())?
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("maps with text keys are JSON")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corrections::Corrections;
    use crate::testing::given;

    #[test]
    fn a_release_that_lists_no_consumers_withdraws_none() {
        let endpoints = json!({"consumers": {"ml/sample": {"url": "http://a:80"}}}).to_string();
        let listed = json!({
            "apiVersion": "v1", "kind": "ConfigMap",
            "metadata": {"name": LINEAGE_DISCOVERY, "namespace": "feast-operator-system"},
            "data": {ENDPOINTS_KEY: endpoints},
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
