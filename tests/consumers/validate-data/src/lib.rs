//! Verdicts on JSON, with neither kube nor k8s-openapi.

use feast_validate::Validator;

/// Whether the API server would create this object.
pub fn admitted(json: &[u8]) -> bool {
    Validator::v1().create(json).is_allowed()
}
