//! The CRD and its rules as data, without dependencies.

/// The text of the CRD and the number of its rules.
pub fn data() -> (&'static str, usize) {
    (feast_api::crd::JSON, feast_api::rules::RULES.len())
}
