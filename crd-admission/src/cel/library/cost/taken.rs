//! The server's unchecked casts of arguments when it computes costs.

use crate::cel::eval::go_type;
use crate::cel::fault::Fault;
use crate::cel::value::{Item, Value};

/// The type that an argument is cast to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    Anything,
    List,
    Int,
}

impl Taken {
    /// The server's failure if the argument has another type.
    pub(crate) fn fault(self, argument: &Item<'_>) -> Option<Fault> {
        let found = argument.as_ref().map_or("*types.Err", go_type);
        let text = match (self, argument) {
            (Self::Anything, _)
            | (Self::List, Ok(Value::List(_)))
            | (Self::Int, Ok(Value::Int(_))) => {
                return None;
            }
            (Self::List, argument) => {
                let has_add = argument.as_ref().is_ok_and(is_added);
                let missing = if has_add { "Contains" } else { "Add" };
                format!(
                    "interface conversion: {found} is not traits.Lister: missing method {missing}"
                )
            }
            (Self::Int, _) => {
                format!("interface conversion: ref.Val is {found}, not types.Int")
            }
        };
        Some(Fault::Internal(text.into()))
    }
}

/// Whether Go can add such values.
const fn is_added(value: &Value<'_>) -> bool {
    matches!(
        value,
        Value::Int(_)
            | Value::Uint(_)
            | Value::Double(_)
            | Value::String(_)
            | Value::Bytes(_)
            | Value::Timestamp(_)
            | Value::Duration(_)
    )
}
