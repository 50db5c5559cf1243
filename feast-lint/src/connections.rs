//! Connections that servers open to databases, which limit their number.

use feast_api::v1::FeatureStoreSpec;
use feast_render::documents::Document;
use serde_json::{Map, Value};

use crate::servers::{Server, servers};

/// The blocks of stores in `feature_store.yaml`, each with the key of its type.
const BLOCKS: [(&str, &str); 3] = [
    ("registry", "registry_type"),
    ("offline_store", "type"),
    ("online_store", "type"),
];

/// A store in a database, with the maximum number of connections of each process.
///
/// Covers SQL registries, which use SQLAlchemy's pools, and PostgreSQL stores.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pool {
    /// Its block in `feature_store.yaml`: `registry`, `offline_store` or `online_store`.
    pub block: &'static str,
    /// Its type: `sql` or `postgres`.
    pub kind: String,
    /// Host and port of the database, without credentials; `None` if variables set them.
    pub address: Option<String>,
    /// Maximum number of connections of a process.
    pub connections: u64,
}

/// The stores in databases of a `feature_store.yaml`.
pub fn pools(document: &Document) -> Vec<Pool> {
    let document: Value = go_yaml::to_value(document.yaml()).unwrap_or_default();
    let blocks = BLOCKS.into_iter();
    let pools = blocks.filter_map(|(block, type_key)| {
        let parameters = document.get(block)?.as_object()?;
        let kind = parameters.get(type_key)?.as_str()?;
        Some(Pool {
            block,
            kind: kind.to_owned(),
            address: address(kind, parameters),
            connections: connections(kind, parameters)?,
        })
    });
    pools.collect()
}

/// The servers' containers, with the number of processes in each. Every process opens its own
/// connections.
pub fn server_processes(spec: &FeatureStoreSpec) -> Vec<(&'static str, u64)> {
    let servers = servers(spec);
    let processes = |server: &Server| (server.name, server.processes());
    servers.iter().map(processes).collect()
}

/// Maximum number of connections of a process; `None` if the store is not in a database with a
/// limit.
pub(crate) fn connections(kind: &str, parameters: &Map<String, Value>) -> Option<u64> {
    let number = |value: Option<&Value>, default| value.and_then(Value::as_u64).unwrap_or(default);
    let text = |name: &str| parameters.get(name).and_then(Value::as_str);
    match kind {
        "sql" if text("path").is_some_and(|path| path.starts_with("sqlite")) => None,
        "sql" => {
            let settings = parameters.get("sqlalchemy_config_kwargs");
            let setting = |name| settings.and_then(|settings| settings.get(name));
            let (size, overflow) = (setting("pool_size"), setting("max_overflow"));
            Some(number(size, 5).saturating_add(number(overflow, 10)))
        }
        "postgres" if text("conn_type") == Some("pool") => {
            Some(number(parameters.get("max_conn"), 10))
        }
        "postgres" => Some(1),
        _ => None,
    }
}

/// Host and port of a store's database.
fn address(kind: &str, parameters: &Map<String, Value>) -> Option<String> {
    let text = |name: &str| parameters.get(name).and_then(Value::as_str);
    let address = if kind == "sql" {
        of_url(text("path")?)?
    } else {
        let port = parameters.get("port").and_then(Value::as_u64);
        format!("{}:{}", text("host")?, port.unwrap_or(5432))
    };
    (!address.contains('$')).then_some(address)
}

/// Host and port of a URL, without credentials.
fn of_url(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?']).next()?;
    let host = authority.rsplit('@').next()?;
    if host.is_empty() {
        return None;
    }
    let has_port = host
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    let default = match scheme.split('+').next()? {
        "postgresql" => Some(":5432"),
        "mysql" | "mariadb" => Some(":3306"),
        _ => None,
    };
    let port = default.filter(|_| !has_port).unwrap_or_default();
    Some(format!("{host}{port}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(kind: &str, parameters: &Value) -> (Option<u64>, Option<String>) {
        let parameters = parameters.as_object().unwrap();
        (connections(kind, parameters), address(kind, parameters))
    }

    #[test]
    fn databases_are_known_by_host_and_port() {
        for (kind, parameters, expected) in [
            (
                "sql",
                json!({"path": "postgresql+psycopg://u:p@w@db/x?a=b"}),
                Some("db:5432"),
            ),
            ("sql", json!({"path": "mysql://db:3307"}), Some("db:3307")),
            (
                "sql",
                json!({"path": "postgresql://u:p@[::1]/x"}),
                Some("[::1]:5432"),
            ),
            ("sql", json!({"path": "postgresql:///x?host=/run"}), None),
            ("sql", json!({"path": "postgresql://${DB}/x"}), None),
            ("sql", json!({"path": "nothing"}), None),
            (
                "postgres",
                json!({"host": "db", "port": 5433}),
                Some("db:5433"),
            ),
            ("postgres", json!({"host": "db"}), Some("db:5432")),
            ("postgres", json!({"port": 1}), None),
        ] {
            assert_eq!(of(kind, &parameters).1.as_deref(), expected, "{parameters}");
        }
    }

    #[test]
    fn pool_sizes_are_read() {
        for (kind, parameters, expected) in [
            ("sql", json!({"path": "postgresql://db/x"}), Some(15)),
            (
                "sql",
                json!({"path": "x://y", "sqlalchemy_config_kwargs": {"pool_size": 2, "max_overflow": 0}}),
                Some(2),
            ),
            ("sql", json!({"path": "sqlite:////data/registry.db"}), None),
            ("postgres", json!({}), Some(1)),
            ("postgres", json!({"max_conn": 5}), Some(1)),
            ("postgres", json!({"conn_type": "pool"}), Some(10)),
            (
                "postgres",
                json!({"conn_type": "pool", "max_conn": 5}),
                Some(5),
            ),
            ("redis", json!({}), None),
        ] {
            assert_eq!(of(kind, &parameters).0, expected, "{kind} {parameters}");
        }
    }
}
