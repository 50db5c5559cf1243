//! What the checks of lints look at, prepared once.

use feast_api::v1::{AutoscalingConfig, FeatureStore, FeatureStoreServices, FeatureStoreSpec};
use feast_render::{Error, Rendered};

use crate::config::Options;
use crate::subject::Subject;

/// What the checks of lints look at.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) subject: Subject<'a>,
    pub(crate) options: &'a Options,
    /// What it renders to, or why it does not.
    pub(crate) rendered: Result<&'a Rendered, &'a Error>,
}

impl<'a> Context<'a> {
    pub(crate) fn store(&self) -> &'a FeatureStore {
        self.subject.store
    }

    pub(crate) fn spec(&self) -> &'a FeatureStoreSpec {
        &self.subject.store.spec
    }

    pub(crate) fn services(&self) -> Option<&'a FeatureStoreServices> {
        self.spec().services.as_ref()
    }

    pub(crate) fn autoscaling(&self) -> Option<&'a AutoscalingConfig> {
        let scaling = self.services()?.scaling.as_ref()?;
        scaling.autoscaling.as_ref()
    }
}
