//! What a server was asked.

use super::request::Verb;

/// A request about objects that a server was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exchange {
    /// Who sent it: `operator`, or the name of a [client](super::Server::client_of).
    pub user: String,
    /// What it was to do.
    pub verb: Verb,
    /// The resource, such as `services`.
    pub resource: String,
    /// The subresource, if it was for one: `status` or `scale`.
    pub subresource: Option<&'static str>,
    /// Namespace; empty if it was for the whole cluster.
    pub namespace: String,
    /// Name; empty if it was for several objects.
    pub name: String,
    /// HTTP status of the answer; `None` if the server gave none.
    pub code: Option<u16>,
}

impl Exchange {
    /// Whether it was to change something. Leases do not count: they are renewed for ever.
    pub fn is_write(&self) -> bool {
        self.verb.is_write() && self.resource != "leases"
    }
}
