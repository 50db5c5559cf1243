//! TLS that is not disabled names its Secret.

use super::eval::{Eval, not, or};
use super::facts::Tls;

pub(super) fn check(tls: &Tls) -> Eval<bool> {
    let is_enabled = or([not(tls.disable.has()), not(tls.disable.get())])?;
    if is_enabled { tls.has_secret } else { Ok(true) }
}
