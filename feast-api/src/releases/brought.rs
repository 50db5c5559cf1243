//! The CRD changes of each release, as tables.
//!
//! The CRD of each release is derived from these tables and the current CRD. A release that is not
//! listed changed nothing.

use super::{CrdChange, Release};
use crate::Version;
use crate::rules::{self, Rule};

use CrdChange::{Default, Field, Optional, Required, Scale};

/// The changes of a release: to all versions, and to `v1` only.
#[derive(Clone, Copy)]
pub(super) struct Brought {
    pub(super) all: &'static [CrdChange],
    pub(super) v1: &'static [CrdChange],
}

const NOTHING: Brought = Brought { all: &[], v1: &[] };

pub(super) const fn by(release: Release) -> Brought {
    match release {
        Release::V0_43 => V0_43,
        Release::V0_44 => V0_44,
        Release::V0_46 => V0_46,
        Release::V0_47 => V0_47,
        Release::V0_48 => V0_48,
        Release::V0_50 => V0_50,
        Release::V0_52 => V0_52,
        Release::V0_53 => V0_53,
        Release::V0_56 => V0_56,
        Release::V0_57 => V0_57,
        Release::V0_58 => V0_58,
        Release::V0_59 => V0_59,
        Release::V0_60 => V0_60,
        Release::V0_61 => V0_61,
        Release::V0_62 => V0_62,
        Release::V0_63 => V0_63,
        Release::V0_64 => V0_64,
        Release::V0_65 => V0_65,
        Release::V0_66 => V0_66,
        Release::Main => MAIN,
        _ => NOTHING,
    }
}

const fn gone(path: &'static str, schema: &'static str) -> CrdChange {
    CrdChange::Gone { path, schema }
}

const fn moved(from: &'static str, to: &'static str) -> CrdChange {
    CrdChange::Moved { from, to }
}

const fn gained(path: &'static str, gained: &'static [&'static str]) -> CrdChange {
    values(path, gained, &[])
}

const fn values(
    path: &'static str,
    gained: &'static [&'static str],
    lost: &'static [(&'static str, usize)],
) -> CrdChange {
    CrdChange::Values { path, gained, lost }
}

const fn pattern(path: &'static str, was: &'static str) -> CrdChange {
    CrdChange::Pattern { path, was }
}

const fn rule(path: &'static str, rule: &'static Rule) -> CrdChange {
    CrdChange::Rule { path, rule }
}

const fn other_rule(
    path: &'static str,
    rule: &'static Rule,
    expression: &'static str,
    message: &'static str,
) -> CrdChange {
    CrdChange::OtherRule {
        path,
        rule,
        expression,
        message,
    }
}

const OFFLINE_TYPE: &str = "spec.services.offlineStore.persistence.store.type";
const ONLINE_TYPE: &str = "spec.services.onlineStore.persistence.store.type";
const TEMPLATE: &str = "spec.feastProjectDir.init.template";

const V0_43: Brought = Brought {
    all: &[
        Field("spec.services.deploymentStrategy"),
        Field("spec.services.disableInitContainers"),
        Field("spec.services.offlineStore.envFrom"),
        Field("spec.services.offlineStore.logLevel"),
        Field("spec.services.offlineStore.persistence.file.pvc.create.accessModes"),
        Field("spec.services.onlineStore.envFrom"),
        Field("spec.services.onlineStore.logLevel"),
        Field("spec.services.onlineStore.persistence.file.pvc.create.accessModes"),
        Field("spec.services.registry.local.envFrom"),
        Field("spec.services.registry.local.logLevel"),
        Field("spec.services.registry.local.persistence.file.pvc.create.accessModes"),
        gone(
            "spec.services.offlineStore.tls.verifyClient",
            r#"{"type": "boolean"}"#,
        ),
        gained(
            "spec.services.offlineStore.persistence.file.type",
            &["file"],
        ),
        values(
            OFFLINE_TYPE,
            &["trino", "athena", "mssql"],
            &[("feast_trino.trino.TrinoOfflineStore", 5)],
        ),
        gained(
            ONLINE_TYPE,
            &["hbase", "elasticsearch", "qdrant", "couchbase", "milvus"],
        ),
        Required("spec.services.offlineStore.persistence.file.pvc.mountPath"),
        Required("spec.services.onlineStore.persistence.file.pvc.mountPath"),
        Required("spec.services.registry.local.persistence.file.pvc.mountPath"),
        other_rule(
            "spec.services.onlineStore.persistence.file",
            &rules::ONLINE_FILE_NO_OBJECT_STORE,
            "has(self.path) && !self.path.startsWith('s3://') && !self.path.startsWith('gs://')",
            "Online store does not support S3 or GS buckets.",
        ),
        Default("spec.authz.oidc.secretRef.name"),
        Default("spec.services.offlineStore.env[].valueFrom.configMapKeyRef.name"),
        Default("spec.services.offlineStore.env[].valueFrom.secretKeyRef.name"),
        Default("spec.services.offlineStore.persistence.file.pvc.ref.name"),
        Default("spec.services.offlineStore.persistence.store.secretRef.name"),
        Default("spec.services.offlineStore.tls.secretRef.name"),
        Default("spec.services.onlineStore.env[].valueFrom.configMapKeyRef.name"),
        Default("spec.services.onlineStore.env[].valueFrom.secretKeyRef.name"),
        Default("spec.services.onlineStore.persistence.file.pvc.ref.name"),
        Default("spec.services.onlineStore.persistence.store.secretRef.name"),
        Default("spec.services.onlineStore.tls.secretRef.name"),
        Default("spec.services.registry.local.env[].valueFrom.configMapKeyRef.name"),
        Default("spec.services.registry.local.env[].valueFrom.secretKeyRef.name"),
        Default("spec.services.registry.local.persistence.file.pvc.ref.name"),
        Default("spec.services.registry.local.persistence.store.secretRef.name"),
        Default("spec.services.registry.local.tls.secretRef.name"),
        Default("spec.services.registry.remote.tls.configMapRef.name"),
    ],
    ..NOTHING
};

const V0_44: Brought = Brought {
    all: &[
        Field("spec.services.ui"),
        Field("status.serviceHostnames.ui"),
    ],
    ..NOTHING
};

const V0_46: Brought = Brought {
    all: &[
        Field("spec.services.offlineStore.server"),
        Field("spec.services.onlineStore.server"),
        Field("spec.services.registry.local.server"),
        Field("spec.services.ui.volumeMounts"),
        Field("spec.services.volumes"),
        moved(
            "spec.services.offlineStore.env",
            "spec.services.offlineStore.server.env",
        ),
        moved(
            "spec.services.offlineStore.envFrom",
            "spec.services.offlineStore.server.envFrom",
        ),
        moved(
            "spec.services.offlineStore.image",
            "spec.services.offlineStore.server.image",
        ),
        moved(
            "spec.services.offlineStore.imagePullPolicy",
            "spec.services.offlineStore.server.imagePullPolicy",
        ),
        moved(
            "spec.services.offlineStore.logLevel",
            "spec.services.offlineStore.server.logLevel",
        ),
        moved(
            "spec.services.offlineStore.resources",
            "spec.services.offlineStore.server.resources",
        ),
        moved(
            "spec.services.offlineStore.tls",
            "spec.services.offlineStore.server.tls",
        ),
        moved(
            "spec.services.onlineStore.env",
            "spec.services.onlineStore.server.env",
        ),
        moved(
            "spec.services.onlineStore.envFrom",
            "spec.services.onlineStore.server.envFrom",
        ),
        moved(
            "spec.services.onlineStore.image",
            "spec.services.onlineStore.server.image",
        ),
        moved(
            "spec.services.onlineStore.imagePullPolicy",
            "spec.services.onlineStore.server.imagePullPolicy",
        ),
        moved(
            "spec.services.onlineStore.logLevel",
            "spec.services.onlineStore.server.logLevel",
        ),
        moved(
            "spec.services.onlineStore.resources",
            "spec.services.onlineStore.server.resources",
        ),
        moved(
            "spec.services.onlineStore.tls",
            "spec.services.onlineStore.server.tls",
        ),
        moved(
            "spec.services.registry.local.env",
            "spec.services.registry.local.server.env",
        ),
        moved(
            "spec.services.registry.local.envFrom",
            "spec.services.registry.local.server.envFrom",
        ),
        moved(
            "spec.services.registry.local.image",
            "spec.services.registry.local.server.image",
        ),
        moved(
            "spec.services.registry.local.imagePullPolicy",
            "spec.services.registry.local.server.imagePullPolicy",
        ),
        moved(
            "spec.services.registry.local.logLevel",
            "spec.services.registry.local.server.logLevel",
        ),
        moved(
            "spec.services.registry.local.resources",
            "spec.services.registry.local.server.resources",
        ),
        moved(
            "spec.services.registry.local.tls",
            "spec.services.registry.local.server.tls",
        ),
        values(OFFLINE_TYPE, &[], &[("redis", 6)]),
    ],
    ..NOTHING
};

const V0_47: Brought = Brought {
    all: &[
        Field("spec.feastProjectDir"),
        gained(OFFLINE_TYPE, &["couchbase.offline"]),
        values(ONLINE_TYPE, &["couchbase.online"], &[("couchbase", 14)]),
    ],
    ..NOTHING
};

const V0_48: Brought = Brought {
    all: &[Field("spec.cronJob"), Field("status.cronJob")],
    ..NOTHING
};

const V0_50: Brought = Brought {
    all: &[
        Field("spec.services.registry.local.server.grpc"),
        Field("spec.services.registry.local.server.restAPI"),
        Field("spec.services.securityContext"),
        Field("status.serviceHostnames.registryRest"),
        gained(OFFLINE_TYPE, &["clickhouse"]),
        gained(TEMPLATE, &["clickhouse"]),
        rule(
            "spec.services.registry.local.server",
            &rules::REGISTRY_SERVER_PROTOCOL,
        ),
    ],
    ..NOTHING
};

const V0_52: Brought = Brought {
    all: &[gained(OFFLINE_TYPE, &["ray"])],
    ..NOTHING
};

const V0_53: Brought = Brought {
    all: &[pattern("spec.feastProject", "^[A-Za-z0-9][A-Za-z0-9_]*$")],
    ..NOTHING
};

const V0_56: Brought = Brought {
    all: &[
        Field("spec.cronJob.containerConfigs.nodeSelector"),
        Field("spec.services.offlineStore.server.nodeSelector"),
        Field("spec.services.onlineStore.server.nodeSelector"),
        Field("spec.services.registry.local.server.nodeSelector"),
        Field("spec.services.ui.nodeSelector"),
    ],
    ..NOTHING
};

const V0_57: Brought = Brought {
    all: &[Field("spec.cronJob.annotations")],
    ..NOTHING
};

const V0_58: Brought = Brought {
    all: &[
        Field("spec.cronJob.jobSpec.podTemplateAnnotations"),
        Field("spec.services.offlineStore.server.metrics"),
        Field("spec.services.onlineStore.server.metrics"),
        Field("spec.services.registry.local.persistence.file.cache_mode"),
        Field("spec.services.registry.local.persistence.file.cache_ttl_seconds"),
        Field("spec.services.registry.local.server.metrics"),
        Field("spec.services.ui.metrics"),
    ],
    v1: &[CrdChange::Version(Version::V1)],
};

const V0_59: Brought = Brought {
    all: &[gained(ONLINE_TYPE, &["hybrid"])],
    ..NOTHING
};

const V0_60: Brought = Brought {
    all: &[
        Field("spec.services.offlineStore.server.workerConfigs"),
        Field("spec.services.onlineStore.server.workerConfigs"),
        Field("spec.services.registry.local.server.workerConfigs"),
        Field("spec.services.ui.workerConfigs"),
    ],
    v1: &[Field("spec.batchEngine")],
};

const V0_61: Brought = Brought {
    all: &[
        values(ONLINE_TYPE, &["mongodb"], &[("ikv", 2)]),
        values(TEMPLATE, &[], &[("ikv", 9)]),
    ],
    v1: &[
        Scale,
        Field("spec.replicas"),
        Field("spec.services.affinity"),
        Field("spec.services.podDisruptionBudgets"),
        Field("spec.services.scaling"),
        Field("spec.services.topologySpreadConstraints"),
        Field("status.replicas"),
        Field("status.scalingStatus"),
        Field("status.selector"),
        Required("spec.replicas"),
        rule("spec", &rules::SCALING_REPLICAS_OR_AUTOSCALING),
        rule("spec", &rules::SCALING_ONLINE_STORE),
        rule("spec", &rules::SCALING_OFFLINE_STORE),
        rule("spec", &rules::SCALING_REGISTRY),
    ],
};

const V0_62: Brought = Brought {
    all: &[Field("spec.services.runFeastApplyOnInit")],
    v1: &[
        Field("spec.authz.oidc.caCertConfigMap"),
        Field("spec.authz.oidc.issuerUrl"),
        Field("spec.authz.oidc.secretKeyName"),
        Field("spec.authz.oidc.tokenEnvVar"),
        Field("spec.authz.oidc.verifySSL"),
        Field("spec.services.podAnnotations"),
        Optional("spec.authz.oidc.secretRef"),
        Optional("spec.replicas"),
        gained(OFFLINE_TYPE, &["oracle"]),
    ],
};

const V0_63: Brought = Brought {
    all: &[
        Field("spec.cronJob.containerConfigs.resources.claims[].request"),
        Field("spec.services.offlineStore.server.resources.claims[].request"),
        Field("spec.services.onlineStore.server.resources.claims[].request"),
        Field("spec.services.registry.local.server.resources.claims[].request"),
        Field("spec.services.securityContext.seLinuxChangePolicy"),
        Field("spec.services.securityContext.supplementalGroupsPolicy"),
        Field("spec.services.ui.resources.claims[].request"),
        Field("spec.services.volumes[].image"),
        Default("spec.services.volumes[].azureDisk.fsType"),
        Default("spec.services.volumes[].azureDisk.readOnly"),
        Default("spec.services.volumes[].iscsi.iscsiInterface"),
        Default("spec.services.volumes[].rbd.keyring"),
        Default("spec.services.volumes[].rbd.pool"),
        Default("spec.services.volumes[].rbd.user"),
        Default("spec.services.volumes[].scaleIO.fsType"),
        Default("spec.services.volumes[].scaleIO.storageMode"),
    ],
    v1: &[
        Field("spec.materialization"),
        Field("spec.openlineage"),
        Field("spec.services.onlineStore.serving"),
        Field("spec.services.scaling.autoscaling.behavior.scaleDown.tolerance"),
        Field("spec.services.scaling.autoscaling.behavior.scaleUp.tolerance"),
    ],
};

const V0_64: Brought = Brought {
    all: &[gained(
        TEMPLATE,
        &["milvus", "ray", "ray_rag", "pytorch_nlp"],
    )],
    v1: &[
        Field("spec.dataQualityMonitoring"),
        Field("spec.services.registry.local.server.mcp"),
        Field("spec.services.resourceClaims"),
        rule(
            "spec.services.registry.local.server",
            &rules::REGISTRY_SERVER_MCP,
        ),
    ],
};

const V0_65: Brought = Brought {
    all: &[
        Field("spec.cronJob.containerConfigs.env[].valueFrom.fileKeyRef"),
        Field("spec.feastProjectDir.git.env[].valueFrom.fileKeyRef"),
        Field("spec.services.offlineStore.server.env[].valueFrom.fileKeyRef"),
        Field("spec.services.onlineStore.server.env[].valueFrom.fileKeyRef"),
        Field("spec.services.registry.local.server.env[].valueFrom.fileKeyRef"),
        Field("spec.services.ui.env[].valueFrom.fileKeyRef"),
        Field("spec.services.volumes[].projected.sources[].podCertificate"),
        gained(ONLINE_TYPE, &["aerospike", "scylladb"]),
        Optional("spec.cronJob.jobSpec.podFailurePolicy.rules[].onPodConditions[].status"),
    ],
    v1: &[Field("spec.openlineage.consumer")],
};

const V0_66: Brought = Brought {
    all: &[
        Field("spec.authz.noAuth"),
        Field("spec.feastProjectDir.packaged"),
        gained(OFFLINE_TYPE, &["hybrid"]),
        other_rule(
            "spec.authz",
            &rules::AUTHZ_ONE_OF,
            "[has(self.kubernetes), has(self.oidc)].exists_one(c, c)",
            "One selection required between kubernetes or oidc.",
        ),
        other_rule(
            "spec.feastProjectDir",
            &rules::PROJECT_DIR_ONE_OF,
            "[has(self.git), has(self.init)].exists_one(c, c)",
            "One selection required between init or git.",
        ),
    ],
    v1: &[
        Field("spec.authz.oidc.jwksCacheLifespanSeconds"),
        Field("spec.authz.oidc.jwksRequestTimeoutSeconds"),
        Field("spec.mlflow"),
        Field("spec.openlineage.consumer.lineageServer"),
        Field("spec.openlineage.consumer.retentionCheckIntervalHours"),
        Field("spec.openlineage.consumer.retentionDays"),
        Field("spec.services.initImage"),
        Field("spec.services.onlineStore.disabled"),
        Field("status.serviceHostnames.lineage"),
    ],
};

const MAIN: Brought = Brought {
    all: &[
        Field("spec.services.nodeSelector"),
        Field("spec.services.tolerations"),
    ],
    ..NOTHING
};
