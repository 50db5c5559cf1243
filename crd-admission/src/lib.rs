//! The Kubernetes API server's verdict on a custom resource, offline, for any
//! CustomResourceDefinition.

#[expect(dead_code, reason = "the validator that calls it is on its way")]
mod cel;
mod regexp;
