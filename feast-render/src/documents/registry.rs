//! The `registry` block.

use feast_api::v1::{
    LocalRegistryConfig, RegistryCacheMode, RegistryDbStorePersistence, RegistryFilePersistence,
};

use super::block::{Block, MCP, REGISTRY};
use super::error::Error;
use super::facts::{Facts, trusted_path};
use super::parameters::{self, SecretKey};
use super::paths::on_claim;
use crate::corrections::Correction;
use crate::server::{ServerType, Tls};
use go_yaml::{Mapping, Value};

const DEFAULT_PATH: &str = "/feast-data/registry.db";

/// The registry for the servers: their own or a remote one.
pub(super) fn service(facts: &Facts<'_>) -> Result<Option<Block>, Error> {
    let registry = facts.registry();
    if registry.is_some_and(|registry| registry.remote.is_some()) {
        // Servers trust the mounted certificate of the registry, even if there is a CA bundle.
        return Ok(remote(facts, false));
    }
    match registry.and_then(|registry| registry.local.as_ref()) {
        Some(local) => own(facts, local).map(Some),
        None => Ok(Some(file(DEFAULT_PATH))),
    }
}

/// The registry server for clients, if there is one.
pub(super) fn remote(facts: &Facts<'_>, ca_bundle: bool) -> Option<Block> {
    let address = facts
        .hostnames
        .registry
        .as_ref()
        .filter(|address| !address.is_empty())?;
    let certificate = certificate_file(facts);
    let certificate = certificate.map(|file| trusted_path(ca_bundle, ServerType::Registry, file));
    Some(at(address).set_some("cert", certificate))
}

/// A registry server at an address, without TLS.
pub(super) fn at(address: &str) -> Block {
    Block::new(REGISTRY)
        .set("registry_type", "remote")
        .set("path", address)
}

/// A registry in a file.
pub(super) fn file(path: &str) -> Block {
    let path = Some(path).filter(|path| !path.is_empty());
    Block::new(REGISTRY)
        .set("registry_type", "file")
        .set_some("path", path)
}

fn certificate_file<'a>(facts: &Facts<'a>) -> Option<&'a str> {
    let registry = facts.registry()?;
    let server = registry
        .local
        .as_ref()
        .and_then(|local| local.server.as_ref());
    let remote = registry
        .remote
        .as_ref()
        .and_then(|remote| remote.tls.as_ref());
    server
        .and_then(|server| Tls::in_force(server.tls.as_ref()))
        .map(|tls| tls.crt)
        .or_else(|| remote.map(|tls| tls.cert_name.as_str()))
}

fn own(facts: &Facts<'_>, local: &LocalRegistryConfig) -> Result<Block, Error> {
    let persistence = local.persistence.as_ref();
    let files = persistence.and_then(|persistence| persistence.file.as_ref());
    let store = persistence.and_then(|persistence| persistence.store.as_ref());
    let block = match (files, store) {
        (Some(files), _) => in_file(files),
        (None, Some(store)) => in_store(facts, store)?,
        (None, None) => file(DEFAULT_PATH),
    };
    let mcp = local.server.as_ref().and_then(|server| server.mcp.as_ref());
    let mcp = mcp
        .filter(|mcp| mcp.enabled)
        .map(|_| Block::new(MCP).set("enabled", true));
    Ok(block.set_some("mcp", mcp))
}

fn in_file(config: &RegistryFilePersistence) -> Block {
    file(&on_claim(
        config.path.as_deref().unwrap_or_default(),
        config.pvc.as_ref(),
    ))
    .set_some("s3_additional_kwargs", config.s3_additional_kwargs.as_ref())
    .set_some("cache_ttl_seconds", config.cache_ttl_seconds)
    .set_some(
        "cache_mode",
        config.cache_mode.map(RegistryCacheMode::as_str),
    )
}

fn in_store(facts: &Facts<'_>, config: &RegistryDbStorePersistence) -> Result<Block, Error> {
    let type_ = config.type_.as_str();
    let place = SecretKey::of_store(&config.secret_ref, config.secret_key_name.as_deref(), type_);
    let mut parameters = parameters::of_store(facts, place, type_, "type")?;
    let ttl = cache_ttl(&mut parameters, facts.corrects(Correction::StoreParameters));
    let mode = parameters
        .remove("cache_mode")
        .filter(|mode| mode.as_str().is_some());
    let block = Block::new(REGISTRY)
        .set("registry_type", type_)
        .set_some("cache_ttl_seconds", ttl.map(|ttl| place.entry(ttl)))
        .set_some("cache_mode", mode.map(|mode| place.entry(mode)));
    parameters::fill(block, parameters, place)
}

/// Removes the cache seconds from the parameters, whatever their type, and returns them. Strings
/// are only read with `read_text`; other types are lost.
fn cache_ttl(parameters: &mut Mapping, read_text: bool) -> Option<i32> {
    match parameters.remove("cache_ttl_seconds")? {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the reference truncates to 32 bits"
        )]
        Value::Int(seconds) => i64::try_from(seconds).ok().map(|seconds| seconds as i32),
        Value::Float(seconds) => Some(whole(seconds.0)),
        Value::Text(text) if read_text => text.trim().parse().ok(),
        _ => None,
    }
}

/// A number without its fraction, or the minimum if it is out of range, as converted by x86.
fn whole(number: f64) -> i32 {
    let range = f64::from(i32::MIN)..=f64::from(i32::MAX);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is in range, and fractions are to be truncated"
    )]
    if range.contains(&number.trunc()) {
        number as i32
    } else {
        i32::MIN
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::corrections::Corrections;
    use crate::documents::testing::{block, secret};
    use crate::testing::given;

    #[track_caller]
    fn check(registry: &serde_json::Value, expected: &str) {
        let spec = json!({ "feastProject": "p", "services": { "registry": registry } });
        assert_eq!(block(&spec, &given(), "registry"), expected);
    }

    #[test]
    fn files() {
        check(
            &json!(null),
            "path: /feast-data/registry.db\nregistry_type: file\n",
        );
        check(
            &json!({ "local": {
                "persistence": { "file": { "path": "./r.db", "pvc": { "mountPath": "/d/" } } },
                "server": { "mcp": { "enabled": true } },
            } }),
            "path: /d/r.db\nregistry_type: file\nmcp:\n    enabled: true\n",
        );
        check(
            &json!({ "local": { "persistence": { "file": {
                "path": "s3://b/r.db",
                "s3_additional_kwargs": { "ACL": "private" },
                "cache_ttl_seconds": 0,
                "cache_mode": "thread",
            } } } }),
            "path: s3://b/r.db
registry_type: file
s3_additional_kwargs:
    ACL: private
cache_ttl_seconds: 0
cache_mode: thread
",
        );
    }

    #[test]
    fn cache_settings_of_a_store() {
        let spec = json!({ "feastProject": "p", "services": { "registry": { "local": {
            "persistence": { "store": { "type": "sql", "secretRef": { "name": "db" } } },
        } } } });
        let check = |parameters: &str, corrections: Corrections, expected: &str| {
            let secret = secret("db", &[("sql", parameters)]);
            let inputs = given().secrets([secret]).corrections(corrections);
            assert_eq!(
                block(&spec, &inputs, "registry"),
                format!("registry_type: sql\n{expected}")
            );
        };
        let none = Corrections::NONE;
        check("cache_ttl_seconds: 60.9", none, "cache_ttl_seconds: 60\n");
        check(
            "cache_ttl_seconds: 4294967297",
            none,
            "cache_ttl_seconds: 1\n",
        );
        check(
            "cache_ttl_seconds: .inf",
            none,
            "cache_ttl_seconds: -2147483648\n",
        );
        check("cache_ttl_seconds: 9223372036854775808", none, "");
        check("cache_mode: sync", none, "cache_mode: sync\n");
        check("cache_mode: 5", none, "");
        let corrected = none.with(Correction::StoreParameters);
        check("cache_ttl_seconds: '60'", none, "");
        check(
            "cache_ttl_seconds: '60'",
            corrected,
            "cache_ttl_seconds: 60\n",
        );
        check("type: sql", none, "type: sql\n");
        check("type: sql", corrected, "");
    }

    #[test]
    fn seconds_as_x86_converts_them() {
        for (number, seconds) in [(2.9, 2), (-2.9, -2), (3e9, i32::MIN), (f64::NAN, i32::MIN)] {
            assert_eq!(whole(number), seconds);
        }
    }
}
