//! A registry server speaks at least one protocol.
//!
//! gRPC is on unless it is switched off. The rule reads `restAPI` without asking whether it is
//! there, so `grpc: false` alone is a fault and not a violation.

use super::facts::RegistryServer;
use crd_admission::native::eval::{Fault, not, or};

pub(super) fn check(server: &RegistryServer) -> Result<bool, Fault> {
    or([
        server.rest_api.get(),
        server.grpc.get(),
        not(server.grpc.has()),
    ])
}
