//! The `offline_store` and `online_store` blocks.

use feast_api::v1::OfflineStore;
use k8s_openapi::api::core::v1::LocalObjectReference;

use super::block::{Block, OFFLINE_STORE, ONLINE_STORE};
use super::error::Error;
use super::facts::{Facts, trusted_path};
use super::parameters::{self, SecretKey};
use super::paths::on_claim;
use crate::server::{ServerType, Tls};

const DEFAULT_ONLINE_PATH: &str = "/feast-data/online_store.db";

/// The offline store for the servers, if there is one.
pub(super) fn offline(facts: &Facts<'_>) -> Result<Option<Block>, Error> {
    facts
        .offline_store()
        .map(|store| own_offline(facts, store))
        .transpose()
}

fn own_offline(facts: &Facts<'_>, store: &OfflineStore) -> Result<Block, Error> {
    let persistence = store.persistence.as_ref();
    let block = Block::new(OFFLINE_STORE);
    let file_type = persistence.and_then(|persistence| persistence.file.as_ref()?.type_);
    if let Some(file_type) = file_type {
        return Ok(block.set("type", file_type.as_str()));
    }
    let Some(store) = persistence.and_then(|persistence| persistence.store.as_ref()) else {
        return Ok(block.set("type", "dask"));
    };
    in_database(
        facts,
        block,
        store.type_.as_str(),
        &store.secret_ref,
        store.secret_key_name.as_deref(),
    )
}

/// The online store for the servers. There is always one.
pub(super) fn online(facts: &Facts<'_>) -> Result<Block, Error> {
    let persistence = facts
        .online_store()
        .and_then(|store| store.persistence.as_ref());
    let block = Block::new(ONLINE_STORE);
    if let Some(file) = persistence.and_then(|persistence| persistence.file.as_ref()) {
        let path = on_claim(file.path.as_deref().unwrap_or_default(), file.pvc.as_ref());
        let path = Some(path).filter(|path| !path.is_empty());
        return Ok(block.set("type", "sqlite").set_some("path", path));
    }
    let Some(store) = persistence.and_then(|persistence| persistence.store.as_ref()) else {
        return Ok(block.set("type", "sqlite").set("path", DEFAULT_ONLINE_PATH));
    };
    in_database(
        facts,
        block,
        store.type_.as_str(),
        &store.secret_ref,
        store.secret_key_name.as_deref(),
    )
}

fn in_database(
    facts: &Facts<'_>,
    block: Block,
    type_: &str,
    secret: &LocalObjectReference,
    key: Option<&str>,
) -> Result<Block, Error> {
    let place = SecretKey::of_store(secret, key, type_);
    let parameters = parameters::of_store(facts, place, type_, "registry_type")?;
    parameters::fill(block.set("type", type_), parameters, place)
}

/// The offline server for clients, if there is one.
pub(super) fn remote_offline(facts: &Facts<'_>) -> Option<Block> {
    let address = facts
        .hostnames
        .offline_store
        .as_deref()
        .filter(|address| !address.is_empty())?;
    let host = address.split_once(':').map_or(address, |(host, _)| host);
    let block = Block::new(OFFLINE_STORE)
        .set("type", "remote")
        .set("host", host);
    let server = facts
        .offline_store()
        .and_then(|store| store.server.as_ref());
    Some(
        match server.and_then(|server| Tls::in_force(server.tls.as_ref())) {
            Some(tls) => block.set("port", 443).set("scheme", "https").set(
                "cert",
                trusted_path(facts.odh_ca_bundle, ServerType::Offline, tls.crt),
            ),
            None => block.set("port", 80),
        },
    )
}

/// The feature server for clients, if there is one.
pub(super) fn remote_online(facts: &Facts<'_>) -> Option<Block> {
    let address = facts
        .hostnames
        .online_store
        .as_deref()
        .filter(|address| !address.is_empty())?;
    let block = Block::new(ONLINE_STORE).set("type", "remote");
    let server = facts.online_store().and_then(|store| store.server.as_ref());
    Some(
        match server.and_then(|server| Tls::in_force(server.tls.as_ref())) {
            Some(tls) => block.set("path", ["https://", address].concat()).set(
                "cert",
                trusted_path(facts.odh_ca_bundle, ServerType::Online, tls.crt),
            ),
            None => block.set("path", ["http://", address].concat()),
        },
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use crate::documents::testing::block;
    use crate::testing::given;

    #[track_caller]
    fn check(services: &Json, key: &str, expected: &str) {
        let spec = json!({ "feastProject": "p", "services": services });
        assert_eq!(block(&spec, &given(), key), expected);
    }

    #[test]
    fn online_files() {
        let default = "path: /feast-data/online_store.db\ntype: sqlite\n";
        check(&json!({}), "online_store", default);
        check(
            &json!({ "onlineStore": { "disabled": true } }),
            "online_store",
            default,
        );
        let on = |file: Json| json!({ "onlineStore": { "persistence": { "file": file } } });
        check(&on(json!({})), "online_store", "type: sqlite\n");
        let claim = json!({ "pvc": { "mountPath": "/d/" } });
        check(&on(claim), "online_store", "path: /d\ntype: sqlite\n");
    }

    #[test]
    fn offline_files() {
        check(&json!({}), "offline_store", "{}\n");
        check(
            &json!({ "offlineStore": {} }),
            "offline_store",
            "type: dask\n",
        );
        let duckdb = json!({ "offlineStore": { "persistence": { "file": { "type": "duckdb" } } } });
        check(&duckdb, "offline_store", "type: duckdb\n");
    }
}
