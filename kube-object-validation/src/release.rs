//! Features of Kubernetes releases.

use apimachinery::Release;

/// A field or rule that came with a feature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feature {
    /// The first release that has the field.
    pub(crate) known: Release,
    /// The first release in which the feature is on by default. Earlier API servers drop the field
    /// before they validate it.
    pub(crate) on: Release,
}

/// `VolumeAttributesClass`: `volumeAttributesClassName` of a claim.
pub(crate) const VOLUME_ATTRIBUTES_CLASS: Feature = Feature::new(Release::V1_31, Release::V1_34);
/// `DynamicResourceAllocation`: `resourceClaims` of a pod and `claims` of its containers.
pub(crate) const RESOURCE_CLAIMS: Feature = Feature::new(Release::V1_31, Release::V1_34);
/// `ImageVolume`: a volume from an image.
pub(crate) const IMAGE_VOLUME: Feature = Feature::new(Release::V1_31, Release::V1_35);
/// `SupplementalGroupsPolicy` of a pod.
pub(crate) const GROUPS_POLICY: Feature = Feature::new(Release::V1_31, Release::V1_33);
/// `SELinuxChangePolicy` of a pod.
pub(crate) const SE_LINUX_POLICY: Feature = Feature::new(Release::V1_32, Release::V1_33);
/// `HPAConfigurableTolerance` of an autoscaler.
pub(crate) const TOLERANCE: Feature = Feature::new(Release::V1_33, Release::V1_35);
/// `EnvFiles`: a variable from a file.
pub(crate) const ENV_FILES: Feature = Feature::new(Release::V1_34, Release::V1_35);
/// `RelaxedEnvironmentVariableValidation`: names of variables may have almost any character.
pub(crate) const RELAXED_VARIABLES: Feature = Feature::new(Release::V1_31, Release::V1_32);

impl Feature {
    const fn new(known: Release, on: Release) -> Self {
        Self { known, on }
    }
}
