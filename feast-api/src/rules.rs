//! The CEL rules of the CustomResourceDefinition, each defined once.
//!
//! A [`Rule`] is plain data: the expression, the API server's message, and the fields it applies
//! to. The CRD's `x-kubernetes-validations` are generated from these rules, and validators take
//! their messages from them.
//!
//! ```
//! use feast_api::rules;
//!
//! let rule = rules::find("scaling-online-store").expect("a rule of the CRD");
//! assert_eq!(rule.places, [""]);
//! assert!(rule.message.starts_with("Scaling requires DB-backed persistence"));
//! ```

use crate::{CrdChange, Release, Version};

/// A validation rule of the CRD (`x-kubernetes-validations`).
///
/// Each applies to its [`places`](Self::places) below `spec` and to the same places below
/// `status.applied`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Rule {
    /// Stable name in kebab case, unique among [`RULES`].
    pub name: &'static str,
    /// The CEL expression, as published.
    pub expression: &'static str,
    /// The API server's message when the rule fails.
    pub message: &'static str,
    /// Dotted paths relative to the spec; `""` is the spec itself.
    ///
    /// If a version's schema lacks a place, the rule does not apply there.
    pub places: &'static [&'static str],
    /// The first version with the rule; later ones have it too.
    pub since: Version,
}

impl Rule {
    /// Whether the rule compares with the object before an update, through `oldSelf`.
    ///
    /// Such a transition rule is not evaluated on creation, nor if the old object lacks the place.
    /// See the Kubernetes documentation on [transition rules].
    ///
    /// [transition rules]: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#transition-rules
    pub fn is_transition(&self) -> bool {
        self.expression.contains("oldSelf")
    }

    /// Whether the CRD of `version` has the rule.
    pub fn applies_to(&self, version: Version) -> bool {
        self.since <= version
    }
}

/// The rule with this name.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// The rule with this CEL expression, as in violations; also finds rules of older releases.
///
/// ```
/// let older = "[has(self.kubernetes), has(self.oidc)].exists_one(c, c)";
/// assert_eq!(feast_api::rules::of_expression(older).unwrap().name, "authz-one-of");
/// ```
pub fn of_expression(expression: &str) -> Option<&'static Rule> {
    let rules = RULES.iter().copied().map(|rule| (rule, rule.expression));
    let changes = Release::ALL.iter().flat_map(|release| release.changes());
    let older = changes.filter_map(|change| match change {
        CrdChange::OtherRule {
            rule, expression, ..
        } => Some((*rule, *expression)),
        _ => None,
    });
    let mut all = rules.chain(older);
    all.find_map(|(rule, known)| (known == expression).then_some(rule))
}

/// All rules, in the CRD's order within each place.
pub const RULES: &[&Rule] = &[
    &SCALING_REPLICAS_OR_AUTOSCALING,
    &SCALING_ONLINE_STORE,
    &SCALING_OFFLINE_STORE,
    &SCALING_REGISTRY,
    &AUTHZ_ONE_OF,
    &PROJECT_DIR_ONE_OF,
    &GIT_REPO_PATH,
    &PACKAGED_REPO_PATH,
    &MLFLOW_EXTRA_CONFIG,
    &TLS_SECRET_REF,
    &PERSISTENCE_ONE_OF,
    &PVC_ONE_OF,
    &PVC_MOUNT_PATH,
    &PVC_CREATE_IMMUTABLE,
    &ONLINE_FILE_ABSOLUTE,
    &REGISTRY_FILE_ABSOLUTE,
    &FILE_PVC_PATH,
    &ONLINE_FILE_NO_OBJECT_STORE,
    &REGISTRY_PVC_NO_OBJECT_STORE,
    &REGISTRY_S3_SETTINGS,
    &PDB_ONE_OF,
    &REGISTRY_ONE_OF,
    &REGISTRY_SERVER_PROTOCOL,
    &REGISTRY_SERVER_MCP,
    &REGISTRY_REMOTE_ONE_OF,
];

/// A fixed replica count and an autoscaler are mutually exclusive.
pub const SCALING_REPLICAS_OR_AUTOSCALING: Rule = Rule {
    name: "scaling-replicas-or-autoscaling",
    expression: "self.replicas <= 1 || !has(self.services) || !has(self.services.scaling) || !has(self.services.scaling.autoscaling)",
    message: "replicas > 1 and services.scaling.autoscaling are mutually exclusive.",
    places: &[""],
    since: Version::V1,
};

/// Scaling requires an online store that all replicas share.
pub const SCALING_ONLINE_STORE: Rule = Rule {
    name: "scaling-online-store",
    expression: "self.replicas <= 1 && (!has(self.services) || !has(self.services.scaling) || !has(self.services.scaling.autoscaling)) || (has(self.services) && has(self.services.onlineStore) && has(self.services.onlineStore.persistence) && has(self.services.onlineStore.persistence.store))",
    message: "Scaling requires DB-backed persistence for the online store. Configure services.onlineStore.persistence.store when using replicas > 1 or autoscaling.",
    places: &[""],
    since: Version::V1,
};

/// Scaling requires a shared offline store, if there is an offline store.
pub const SCALING_OFFLINE_STORE: Rule = Rule {
    name: "scaling-offline-store",
    expression: "self.replicas <= 1 && (!has(self.services) || !has(self.services.scaling) || !has(self.services.scaling.autoscaling)) || (!has(self.services) || !has(self.services.offlineStore) || (has(self.services.offlineStore.persistence) && has(self.services.offlineStore.persistence.store)))",
    message: "Scaling requires DB-backed persistence for the offline store. Configure services.offlineStore.persistence.store when using replicas > 1 or autoscaling.",
    places: &[""],
    since: Version::V1,
};

/// Scaling requires a registry that all replicas share: remote, in a database, or in an object
/// store.
pub const SCALING_REGISTRY: Rule = Rule {
    name: "scaling-registry",
    expression: "self.replicas <= 1 && (!has(self.services) || !has(self.services.scaling) || !has(self.services.scaling.autoscaling)) || (has(self.services) && has(self.services.registry) && (has(self.services.registry.remote) || (has(self.services.registry.local) && has(self.services.registry.local.persistence) && (has(self.services.registry.local.persistence.store) || (has(self.services.registry.local.persistence.file) && has(self.services.registry.local.persistence.file.path) && (self.services.registry.local.persistence.file.path.startsWith('s3://') || self.services.registry.local.persistence.file.path.startsWith('gs://')))))))",
    message: "Scaling requires DB-backed or remote registry. Configure registry.local.persistence.store or use a remote registry when using replicas > 1 or autoscaling. S3/GCS-backed registry is also allowed.",
    places: &[""],
    since: Version::V1,
};

/// Exactly one way of authorization.
pub const AUTHZ_ONE_OF: Rule = Rule {
    name: "authz-one-of",
    expression: "[has(self.kubernetes), has(self.oidc), has(self.noAuth)].exists_one(c, c)",
    message: "One selection required between kubernetes, oidc, or noAuth.",
    places: &["authz"],
    since: Version::V1Alpha1,
};

/// Exactly one source of the feature repository.
pub const PROJECT_DIR_ONE_OF: Rule = Rule {
    name: "project-dir-one-of",
    expression: "[has(self.git), has(self.init), has(self.packaged)].exists_one(c, c)",
    message: "One selection required between init, git, or packaged.",
    places: &["feastProjectDir"],
    since: Version::V1Alpha1,
};

/// The feature repository is inside the clone. (The rule only rejects a leading slash.)
pub const GIT_REPO_PATH: Rule = Rule {
    name: "git-repo-path",
    expression: "has(self.featureRepoPath) ? !self.featureRepoPath.startsWith('/') : true",
    message: "RepoPath must be a file name only, with no slashes.",
    places: &["feastProjectDir.git"],
    since: Version::V1Alpha1,
};

/// The path of the feature repository in the image is absolute and canonical.
pub const PACKAGED_REPO_PATH: Rule = Rule {
    name: "packaged-repo-path",
    expression: "self.featureRepoPath.startsWith('/') && self.featureRepoPath != '/' && !self.featureRepoPath.contains('//') && !self.featureRepoPath.endsWith('/') && !self.featureRepoPath.contains('/./') && !self.featureRepoPath.endsWith('/.') && !self.featureRepoPath.contains('/../') && !self.featureRepoPath.endsWith('/..')",
    message: "FeatureRepoPath must be a canonical absolute, non-root path without dot segments or repeated separators.",
    places: &["feastProjectDir.packaged"],
    since: Version::V1Alpha1,
};

/// Free-form MLflow settings do not repeat typed ones.
pub const MLFLOW_EXTRA_CONFIG: Rule = Rule {
    name: "mlflow-extra-config",
    expression: "!has(self.extraConfig) || !('enabled' in self.extraConfig) && !('tracking_uri' in self.extraConfig) && !('ui_url' in self.extraConfig) && !('tracking_auth' in self.extraConfig) && !('auto_log' in self.extraConfig) && !('auto_log_entity_df' in self.extraConfig) && !('entity_df_max_rows' in self.extraConfig) && !('log_operations' in self.extraConfig) && !('ops_experiment_suffix' in self.extraConfig)",
    message: "extraConfig must not contain keys that duplicate typed fields (enabled, tracking_uri, ui_url, tracking_auth, auto_log, auto_log_entity_df, entity_df_max_rows, log_operations, ops_experiment_suffix); use the corresponding spec fields instead.",
    places: &["mlflow"],
    since: Version::V1,
};

/// TLS that is not disabled has a Secret.
pub const TLS_SECRET_REF: Rule = Rule {
    name: "tls-secret-ref",
    expression: "(!has(self.disable) || !self.disable) ? has(self.secretRef) : true",
    message: "`secretRef` required if `disable` is false.",
    places: &[
        "openlineage.consumer.lineageServer.server.tls",
        "services.offlineStore.server.tls",
        "services.onlineStore.server.tls",
        "services.registry.local.server.tls",
        "services.ui.tls",
    ],
    since: Version::V1Alpha1,
};

/// A store is in a file or in a database.
pub const PERSISTENCE_ONE_OF: Rule = Rule {
    name: "persistence-one-of",
    expression: "[has(self.file), has(self.store)].exists_one(c, c)",
    message: "One selection required between file or store.",
    places: &[
        "services.offlineStore.persistence",
        "services.onlineStore.persistence",
        "services.registry.local.persistence",
    ],
    since: Version::V1Alpha1,
};

/// A claim is either referred to or created.
pub const PVC_ONE_OF: Rule = Rule {
    name: "pvc-one-of",
    expression: "[has(self.ref), has(self.create)].exists_one(c, c)",
    message: "One selection is required between ref and create.",
    places: &[
        "services.offlineStore.persistence.file.pvc",
        "services.onlineStore.persistence.file.pvc",
        "services.registry.local.persistence.file.pvc",
    ],
    since: Version::V1Alpha1,
};

/// A claim is mounted at an absolute path without a colon.
pub const PVC_MOUNT_PATH: Rule = Rule {
    name: "pvc-mount-path",
    expression: "self.mountPath.matches('^/[^:]*$')",
    message: "Mount path must start with '/' and must not contain ':'",
    places: &[
        "services.offlineStore.persistence.file.pvc",
        "services.onlineStore.persistence.file.pvc",
        "services.registry.local.persistence.file.pvc",
    ],
    since: Version::V1Alpha1,
};

/// The settings from which a claim was created cannot change.
pub const PVC_CREATE_IMMUTABLE: Rule = Rule {
    name: "pvc-create-immutable",
    expression: "self == oldSelf",
    message: "PvcCreate is immutable",
    places: &[
        "services.offlineStore.persistence.file.pvc.create",
        "services.onlineStore.persistence.file.pvc.create",
        "services.registry.local.persistence.file.pvc.create",
    ],
    since: Version::V1Alpha1,
};

/// Without a claim, the online store's file has an absolute path.
pub const ONLINE_FILE_ABSOLUTE: Rule = Rule {
    name: "online-file-absolute",
    expression: "(!has(self.pvc) && has(self.path)) ? self.path.startsWith('/') : true",
    message: "Ephemeral stores must have absolute paths.",
    places: &["services.onlineStore.persistence.file"],
    since: Version::V1Alpha1,
};

/// Without a claim, the registry's file has an absolute path or is in an object store.
pub const REGISTRY_FILE_ABSOLUTE: Rule = Rule {
    name: "registry-file-absolute",
    expression: "(!has(self.pvc) && has(self.path)) ? (self.path.startsWith('/') || self.path.startsWith('s3://') || self.path.startsWith('gs://')) : true",
    message: "Registry files must use absolute paths or be S3 ('s3://') or GS ('gs://') object store URIs.",
    places: &["services.registry.local.persistence.file"],
    since: Version::V1Alpha1,
};

/// With a claim, the path is relative to its mount. (The rule only rejects a leading slash.)
pub const FILE_PVC_PATH: Rule = Rule {
    name: "file-pvc-path",
    expression: "(has(self.pvc) && has(self.path)) ? !self.path.startsWith('/') : true",
    message: "PVC path must be a file name only, with no slashes.",
    places: &[
        "services.onlineStore.persistence.file",
        "services.registry.local.persistence.file",
    ],
    since: Version::V1Alpha1,
};

/// The online store's file is not in an object store.
pub const ONLINE_FILE_NO_OBJECT_STORE: Rule = Rule {
    name: "online-file-no-object-store",
    expression: "has(self.path) ? !(self.path.startsWith('s3://') || self.path.startsWith('gs://')) : true",
    message: "Online store does not support S3 or GS buckets.",
    places: &["services.onlineStore.persistence.file"],
    since: Version::V1Alpha1,
};

/// A registry on a claim is not in an object store.
pub const REGISTRY_PVC_NO_OBJECT_STORE: Rule = Rule {
    name: "registry-pvc-no-object-store",
    expression: "(has(self.pvc) && has(self.path)) ? !(self.path.startsWith('s3://') || self.path.startsWith('gs://')) : true",
    message: "PVC persistence does not support S3 or GS object store URIs.",
    places: &["services.registry.local.persistence.file"],
    since: Version::V1Alpha1,
};

/// S3 settings require an S3 path.
pub const REGISTRY_S3_SETTINGS: Rule = Rule {
    name: "registry-s3-settings",
    expression: "(has(self.s3_additional_kwargs) && has(self.path)) ? self.path.startsWith('s3://') : true",
    message: "Additional S3 settings are available only for S3 object store URIs.",
    places: &["services.registry.local.persistence.file"],
    since: Version::V1Alpha1,
};

/// A PodDisruptionBudget has exactly one bound.
pub const PDB_ONE_OF: Rule = Rule {
    name: "pdb-one-of",
    expression: "[has(self.minAvailable), has(self.maxUnavailable)].exists_one(c, c)",
    message: "Exactly one of minAvailable or maxUnavailable must be set.",
    places: &["services.podDisruptionBudgets"],
    since: Version::V1,
};

/// The registry is either local or remote.
pub const REGISTRY_ONE_OF: Rule = Rule {
    name: "registry-one-of",
    expression: "[has(self.local), has(self.remote)].exists_one(c, c)",
    message: "One selection required.",
    places: &["services.registry"],
    since: Version::V1Alpha1,
};

/// A registry server serves at least one protocol.
pub const REGISTRY_SERVER_PROTOCOL: Rule = Rule {
    name: "registry-server-protocol",
    expression: "self.restAPI == true || self.grpc == true || !has(self.grpc)",
    message: "At least one of restAPI or grpc must be true",
    places: &["services.registry.local.server"],
    since: Version::V1Alpha1,
};

/// MCP requires REST.
pub const REGISTRY_SERVER_MCP: Rule = Rule {
    name: "registry-server-mcp",
    expression: "!has(self.mcp) || !self.mcp.enabled || (has(self.restAPI) && self.restAPI == true)",
    message: "MCP requires restAPI to be true",
    places: &["services.registry.local.server"],
    since: Version::V1,
};

/// A remote registry is given either by host name or by FeatureStore.
pub const REGISTRY_REMOTE_ONE_OF: Rule = Rule {
    name: "registry-remote-one-of",
    expression: "[has(self.hostname), has(self.feastRef)].exists_one(c, c)",
    message: "One selection required.",
    places: &["services.registry.remote"],
    since: Version::V1Alpha1,
};

/// Whether a path is the URI of an object in S3 or Google Cloud Storage. Like the rules on files,
/// it looks only at the scheme.
///
/// ```
/// use feast_api::rules::is_in_object_store;
///
/// assert!(is_in_object_store("s3://bucket/registry.db"));
/// assert!(!is_in_object_store("/data/registry.db"));
/// ```
pub fn is_in_object_store(path: &str) -> bool {
    path.starts_with("s3://") || path.starts_with("gs://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_expressions_are_unique() {
        for rule in RULES {
            assert_eq!(find(rule.name), Some(*rule));
            assert_eq!(of_expression(rule.expression), Some(*rule));
        }
    }
}
