use crate::macros::string_enum;

string_enum! {
    /// The engine that reads an offline store's files.
    pub enum OfflineFileType {
        /// An alias of `dask`.
        File = "file",
        /// Dask.
        Dask = "dask",
        /// DuckDB.
        Duckdb = "duckdb",
    }
}

string_enum! {
    /// Type of an offline store, as in `offline_store.type` of `feature_store.yaml`.
    pub enum OfflineStoreType {
        /// Snowflake.
        Snowflake = "snowflake.offline",
        /// Google BigQuery.
        Bigquery = "bigquery",
        /// Amazon Redshift.
        Redshift = "redshift",
        /// Apache Spark.
        Spark = "spark",
        /// PostgreSQL.
        Postgres = "postgres",
        /// Trino.
        Trino = "trino",
        /// Amazon Athena.
        Athena = "athena",
        /// Microsoft SQL Server.
        Mssql = "mssql",
        /// Couchbase Columnar.
        Couchbase = "couchbase.offline",
        /// ClickHouse.
        Clickhouse = "clickhouse",
        /// Ray.
        Ray = "ray",
        /// Oracle Database; `v1` only.
        Oracle = "oracle",
        /// A combination of several stores.
        Hybrid = "hybrid",
    }
}

string_enum! {
    /// Type of an online store, as in `online_store.type` of `feature_store.yaml`.
    pub enum OnlineStoreType {
        /// Snowflake.
        Snowflake = "snowflake.online",
        /// Redis.
        Redis = "redis",
        /// Google Cloud Datastore.
        Datastore = "datastore",
        /// Amazon DynamoDB.
        Dynamodb = "dynamodb",
        /// Google Cloud Bigtable.
        Bigtable = "bigtable",
        /// PostgreSQL.
        Postgres = "postgres",
        /// Apache Cassandra.
        Cassandra = "cassandra",
        /// MySQL.
        Mysql = "mysql",
        /// Hazelcast.
        Hazelcast = "hazelcast",
        /// SingleStore.
        Singlestore = "singlestore",
        /// Apache HBase.
        Hbase = "hbase",
        /// Elasticsearch.
        Elasticsearch = "elasticsearch",
        /// Qdrant.
        Qdrant = "qdrant",
        /// Couchbase.
        Couchbase = "couchbase.online",
        /// Milvus.
        Milvus = "milvus",
        /// A combination of several stores.
        Hybrid = "hybrid",
        /// MongoDB.
        Mongodb = "mongodb",
        /// Aerospike.
        Aerospike = "aerospike",
        /// ScyllaDB.
        Scylladb = "scylladb",
    }
}

string_enum! {
    /// Type of a registry in a database, as in `registry.registry_type` of `feature_store.yaml`.
    pub enum RegistryStoreType {
        /// A database supported by SQLAlchemy.
        Sql = "sql",
        /// Snowflake.
        Snowflake = "snowflake.registry",
    }
}

string_enum! {
    /// How a reader refreshes its cached copy of the registry.
    pub enum RegistryCacheMode {
        /// No caching.
        None = "none",
        /// When it is used after it has expired.
        Sync = "sync",
        /// In the background.
        Thread = "thread",
    }
}
