//! The SDK extras that classes need, and those in the default image.
//!
//! From `pyproject.toml` and `sdk/python/feast/infra/feature_servers/multicloud` of Feast 0.66.0.

/// The extras of the default image.
const IN_IMAGE: [&str; 9] = [
    "aws",
    "duckdb",
    "gcp",
    "k8s",
    "milvus",
    "mysql",
    "postgres",
    "redis",
    "snowflake",
];

/// Block, type and extra of every class; classes of Feast itself have no extra.
const EXTRAS: [(&str, &str, &str); 50] = [
    ("batch_engine", "flink.engine", "flink"),
    ("batch_engine", "k8s", "k8s"),
    ("batch_engine", "lambda", "aws"),
    ("batch_engine", "local", ""),
    ("batch_engine", "ray.engine", "ray"),
    ("batch_engine", "snowflake.engine", "snowflake"),
    ("batch_engine", "spark.engine", "spark"),
    ("batch_engine", "spark_application", "k8s"),
    ("offline_store", "athena", "aws"),
    ("offline_store", "bigquery", "gcp"),
    ("offline_store", "clickhouse", "clickhouse"),
    ("offline_store", "couchbase.offline", "couchbase"),
    ("offline_store", "dask", ""),
    ("offline_store", "duckdb", "duckdb"),
    ("offline_store", "file", ""),
    ("offline_store", "hybrid", ""),
    ("offline_store", "mssql", "mssql"),
    ("offline_store", "oracle", "oracle"),
    ("offline_store", "postgres", "postgres"),
    ("offline_store", "ray", "ray"),
    ("offline_store", "redshift", "aws"),
    ("offline_store", "remote", ""),
    ("offline_store", "snowflake.offline", "snowflake"),
    ("offline_store", "spark", "spark"),
    ("offline_store", "trino", "trino"),
    ("online_store", "aerospike", "aerospike"),
    ("online_store", "bigtable", "gcp"),
    ("online_store", "cassandra", "cassandra"),
    ("online_store", "couchbase.online", "couchbase"),
    ("online_store", "datastore", "gcp"),
    ("online_store", "dynamodb", "aws"),
    ("online_store", "elasticsearch", "elasticsearch"),
    ("online_store", "hazelcast", "hazelcast"),
    ("online_store", "hbase", "hbase"),
    ("online_store", "hybrid", ""),
    ("online_store", "milvus", "milvus"),
    ("online_store", "mongodb", "mongodb"),
    ("online_store", "mysql", "mysql"),
    ("online_store", "postgres", "postgres"),
    ("online_store", "qdrant", "qdrant"),
    ("online_store", "redis", "redis"),
    ("online_store", "remote", ""),
    ("online_store", "scylladb", "scylladb"),
    ("online_store", "singlestore", "singlestore"),
    ("online_store", "snowflake.online", "snowflake"),
    ("online_store", "sqlite", ""),
    ("registry", "file", ""),
    ("registry", "remote", ""),
    ("registry", "snowflake.registry", "snowflake"),
    ("registry", "sql", ""),
];

/// The extra that a class needs and the default image lacks.
pub(crate) fn lacking_extra(block: &str, kind: &str) -> Option<&'static str> {
    let mut all = EXTRAS.iter();
    let (.., extra) = all.find(|(other, name, _)| *other == block && *name == kind)?;
    (!extra.is_empty() && !IN_IMAGE.contains(extra)).then_some(extra)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_is_listed() {
        let listed: Vec<_> = EXTRAS
            .iter()
            .map(|(block, kind, _)| (*block, *kind))
            .collect();
        assert_eq!(listed, crate::sdk::classes());
    }
}
