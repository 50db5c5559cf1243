//! TLS that is not disabled names its Secret.

use super::facts::Tls;
use crd_admission::native::eval::{Fault, not, or};

pub(super) fn check(tls: &Tls) -> Result<bool, Fault> {
    let is_enabled = or([not(tls.disable.has()), not(tls.disable.get())])?;
    if is_enabled { tls.has_secret } else { Ok(true) }
}
