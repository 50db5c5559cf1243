//! The ServiceAccount of the servers.

use k8s_openapi::api::core::v1::ServiceAccount;

use crate::context::Context;
use crate::error::Error;

pub(crate) fn service_account(context: &Context<'_>) -> Result<ServiceAccount, Error> {
    let names = &context.names;
    let account = ServiceAccount {
        metadata: context.metadata(names.feast(), names.labels()),
        ..ServiceAccount::default()
    };
    context.claim(account)
}
