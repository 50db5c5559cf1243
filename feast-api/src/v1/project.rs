use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{EnvFromSource, EnvVar};

use crate::macros::string_enum;

/// Where the feature repository comes from. Exactly one of the three must be set.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeastProjectDir {
    /// Cloned with git by an init container.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub git: Option<GitCloneOptions>,
    /// Created by `feast init`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init: Option<FeastInitOptions>,
    /// Contained in the server image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub packaged: Option<FeastPackagedOptions>,
}

/// How a feature repository is cloned.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct GitCloneOptions {
    /// Settings passed as `git -c KEY=VALUE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub configs: Option<BTreeMap<String, String>>,
    /// Environment variables of the init container that clones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env: Option<Vec<EnvVar>>,
    /// Sources of environment variables for that container, such as a Secret with a token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub env_from: Option<Vec<EnvFromSource>>,
    /// Directory of the feature repository in the clone; must not start with a slash. Default:
    /// `feature_repo`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature_repo_path: Option<String>,
    /// Branch, tag or commit to check out. Default: the remote's default branch.
    #[serde(rename = "ref")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ref_: Option<String>,
    /// URL to clone from.
    pub url: String,
}

/// How `feast init` is run.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeastInitOptions {
    /// Whether to omit the example (`--minimal`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimal: Option<bool>,
    /// Template to start from. Default: Feast's `local`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<InitTemplate>,
}

/// A feature repository that is part of an image.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeastPackagedOptions {
    /// Absolute path in the image, without trailing slash, double slashes or dot segments.
    pub feature_repo_path: String,
    /// The image; also becomes the default image of every server. Default: the server image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

string_enum! {
    /// A template of `feast init`.
    pub enum InitTemplate {
        /// Local files.
        Local = "local",
        /// Google Cloud: BigQuery and Datastore.
        Gcp = "gcp",
        /// Amazon Web Services: Redshift and DynamoDB.
        Aws = "aws",
        /// Snowflake.
        Snowflake = "snowflake",
        /// Apache Spark.
        Spark = "spark",
        /// PostgreSQL.
        Postgres = "postgres",
        /// Apache HBase.
        Hbase = "hbase",
        /// Apache Cassandra.
        Cassandra = "cassandra",
        /// Hazelcast.
        Hazelcast = "hazelcast",
        /// Couchbase.
        Couchbase = "couchbase",
        /// ClickHouse.
        Clickhouse = "clickhouse",
        /// Milvus.
        Milvus = "milvus",
        /// Ray.
        Ray = "ray",
        /// Ray with retrieval-augmented generation.
        RayRag = "ray_rag",
        /// PyTorch for natural language processing.
        PytorchNlp = "pytorch_nlp",
    }
}
