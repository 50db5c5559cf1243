//! MCP is served over REST.

use super::facts::RegistryServer;
use crd_admission::native::eval::{Fault, and, not, or};

pub(super) fn check(server: &RegistryServer) -> Result<bool, Fault> {
    or([
        not(server.has_mcp),
        not(server.mcp_enabled.get()),
        and([server.rest_api.has(), server.rest_api.get()]),
    ])
}
