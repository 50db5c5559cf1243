//! Why the operator rejects a FeatureStore, in the reference's words.

use apimachinery::go::Quoted;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;

use crate::condition_type::ConditionType;
use crate::documents;
use crate::object_ref::ObjectRef;
use crate::plan::Object;
use crate::stage::Stage;

/// Why a FeatureStore cannot be rendered.
///
/// [`failed`](crate::failed) gives the status that reports it. A message contains Secret data only
/// where the reference's does, and never with
/// [`DocumentStorage::InSecret`](crate::DocumentStorage::InSecret).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The FeatureStore refers to itself.
    #[error(
        "FeatureStore '{name}' can't reference itself in `spec.services.registry.remote.feastRef`"
    )]
    ReferenceToItself {
        /// Name of the FeatureStore.
        name: String,
    },
    /// The referenced FeatureStore does not exist.
    #[error("Referenced FeatureStore '{name}' was not found")]
    ReferenceNotFound {
        /// Name of the FeatureStore.
        name: String,
    },
    /// The referenced FeatureStore has another project, which releases before 0.62.0 reject.
    #[error(
        "FeatureStore '{name}' is using a different feast project than '{project}'. Project names \
         must match."
    )]
    ReferenceToOtherProject {
        /// Name of the FeatureStore.
        name: String,
        /// The expected project.
        project: String,
    },
    /// The referenced FeatureStore does not serve a registry, or not yet.
    #[error("Remote feast registry of referenced FeatureStore '{name}' is not ready")]
    ReferenceNotReady {
        /// Name of the FeatureStore.
        name: String,
    },
    /// The referenced FeatureStore's registry does not serve gRPC.
    #[error(
        "Remote feast registry of referenced FeatureStore '{name}' must have gRPC server enabled"
    )]
    ReferenceWithoutGrpc {
        /// Name of the FeatureStore.
        name: String,
    },
    /// No server would run.
    #[error("at least one local server must be configured. e.g. registry / online / offline")]
    NoServer,
    /// The registry server serves no protocol.
    #[error("at least one of gRPC or REST API must be enabled for registry service")]
    RegistryWithoutApi,
    /// The release does not have the store type.
    #[error("invalid DB store type {type_} for {store} store")]
    StoreTypeUnknown {
        /// The store: `offline` or `online`.
        store: &'static str,
        /// The type.
        type_: &'static str,
    },
    /// The Secret of a store does not exist.
    #[error("secrets {name:?} not found")]
    StoreSecretNotFound {
        /// The store: `registry`, `offline` or `online`.
        store: &'static str,
        /// Name of the Secret.
        name: String,
    },
    /// The lineage server has no database.
    #[error(
        "lineageServer requires a SQL database. Either set consumer.connectionStringSecretRef or \
         configure registry.local.persistence.store (SQL registry)"
    )]
    LineageWithoutDatabase,
    /// The lineage server has no registry.
    #[error(
        "lineageServer with authz requires a registry (local or remote) so the lineage server can \
         connect for RBAC checks"
    )]
    LineageWithoutRegistry,
    /// The lineage server's consumer is disabled, so the server would not start. The reference
    /// renders it.
    #[error("lineageServer requires consumer.enabled")]
    LineageWithoutConsumer,
    /// The path of the packaged repository is relative, not canonical, or `/`.
    #[error(
        "packaged feature repository path {} must be a canonical absolute, non-root path",
        Quoted(path)
    )]
    PackagedPath {
        /// The path.
        path: String,
    },
    /// The packaged repository contains its copy, or is inside it.
    #[error(
        "packaged feature repository path {} overlaps staged repository path {}",
        Quoted(packaged),
        Quoted(staged)
    )]
    PackagedPathOverlaps {
        /// Its path in the image.
        packaged: String,
        /// The path of the copy.
        staged: String,
    },
    /// An object with a required name has another owner.
    #[error(
        "{}Object {}/{} is already owned by another {owner_kind} controller {owner}",
        .context, .object.namespace.as_deref().unwrap_or_default(), .object.name
    )]
    AlreadyOwned {
        /// The object.
        object: ObjectRef,
        /// Kind of its owner.
        owner_kind: String,
        /// Name of its owner.
        owner: String,
        /// The reference's prefix of the message.
        context: String,
        /// The reference's stage.
        stage: Stage,
    },
    /// A `feature_store.yaml` document cannot be created.
    #[error(transparent)]
    Document(#[from] documents::Error),
    /// The API server rejects a rendered object; created by [`Error::refused`].
    #[error("{} {} is refused: {message}", .object.kind, .object.name)]
    Refused {
        /// The object.
        object: ObjectRef,
        /// The API server's message.
        message: String,
        /// The reference's stage.
        stage: Stage,
    },
}

impl Error {
    /// The error to report when the API server rejects a rendered object, with its message.
    ///
    /// ```
    /// use feast_render::{Error, Object, Stage};
    /// use k8s_openapi::api::core::v1::Service;
    ///
    /// let mut service = Service::default();
    /// service.metadata.name = Some("feast-a.b-online".into());
    /// service.metadata.labels =
    ///     Some([("feast.dev/service-type".into(), "online".into())].into());
    /// let error = Error::refused(Object::from(&service), "metadata.name: Invalid value");
    /// assert_eq!(error.stage(), Stage::OnlineStore);
    /// assert_eq!(
    ///     error.to_string(),
    ///     "Service feast-a.b-online is refused: metadata.name: Invalid value",
    /// );
    /// ```
    pub fn refused(object: Object<'_>, message: impl Into<String>) -> Self {
        Self::Refused {
            object: object.reference(),
            message: message.into(),
            stage: Stage::of(object),
        }
    }

    /// The reference's stage when it fails.
    pub fn stage(&self) -> Stage {
        match self {
            Self::ReferenceToItself { .. }
            | Self::ReferenceNotFound { .. }
            | Self::ReferenceToOtherProject { .. }
            | Self::ReferenceNotReady { .. }
            | Self::ReferenceWithoutGrpc { .. } => Stage::Reference,
            Self::NoServer | Self::RegistryWithoutApi => Stage::Servers,
            Self::StoreTypeUnknown { store, .. } | Self::StoreSecretNotFound { store, .. } => {
                Stage::of_server(Some(store))
            }
            Self::LineageWithoutDatabase
            | Self::LineageWithoutRegistry
            | Self::LineageWithoutConsumer => Stage::Lineage,
            Self::PackagedPath { .. } | Self::PackagedPathOverlaps { .. } | Self::Document(_) => {
                Stage::Deployment
            }
            Self::AlreadyOwned { stage, .. } | Self::Refused { stage, .. } => *stage,
        }
    }

    /// Whether it occurs while the Deployment is created and its pods are counted.
    pub(crate) fn comes_after_deployment(&self) -> bool {
        let scales = |object: &ObjectRef| {
            object.is::<HorizontalPodAutoscaler>() || object.is::<PodDisruptionBudget>()
        };
        self.stage() > Stage::Deployment || self.object().is_some_and(scales)
    }

    /// Whether it occurs with the CronJob or later, but not with the CronJob's own objects.
    pub(crate) fn comes_with_cron_job(&self) -> bool {
        self.stage() > Stage::CronJob || self.object().is_some_and(ObjectRef::is::<CronJob>)
    }

    /// The object that cannot be written, if any.
    fn object(&self) -> Option<&ObjectRef> {
        match self {
            Self::AlreadyOwned { object, .. } | Self::Refused { object, .. } => Some(object),
            _ => None,
        }
    }

    /// The condition that reports it, besides `FeatureStore`.
    pub(crate) fn condition(&self) -> Option<ConditionType> {
        match self {
            // Only `FeatureStore` reports errors of a store.
            Self::StoreTypeUnknown { .. } | Self::StoreSecretNotFound { .. } => None,
            _ => self.stage().condition(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_as_by_go() {
        let path = "opt/\u{7f}repo".to_owned();
        assert_eq!(
            Error::PackagedPath { path }.to_string(),
            "packaged feature repository path \"opt/\\x7frepo\" must be a canonical absolute, \
             non-root path"
        );
    }

    #[test]
    fn a_missing_secret_belongs_to_its_store() {
        for (store, stage) in [
            ("offline", Stage::OfflineStore),
            ("online", Stage::OnlineStore),
            ("registry", Stage::Registry),
        ] {
            let name = "stores".to_owned();
            assert_eq!(Error::StoreSecretNotFound { store, name }.stage(), stage);
        }
    }
}
