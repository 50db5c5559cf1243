//! Recorded requests.

use super::request::Verb;

/// A request to the server about objects.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// The sender: `operator`, or the name of a [client](super::Server::client_of).
    pub user: String,
    /// The verb.
    pub verb: Verb,
    /// The resource, such as `services`.
    pub resource: String,
    /// The subresource, if any: `status` or `scale`.
    pub subresource: Option<&'static str>,
    /// Namespace; empty if cluster-wide.
    pub namespace: String,
    /// Name; empty if it concerns several objects.
    pub name: String,
    /// HTTP status of the answer; `None` if the server gave none.
    pub code: Option<u16>,
}

impl Exchange {
    /// Whether it was meant to change something. Leases do not count: they are renewed forever.
    pub fn is_write(&self) -> bool {
        self.verb.is_write() && self.resource != "leases"
    }
}
