//! Messages.

use super::Maker;
use super::types::{Ty, list};

impl Maker<'_> {
    /// A message whose value has a type, if there is one.
    pub(super) fn message(&mut self, ty: &Ty, depth: u32) -> Option<String> {
        let names: &[&str] = match ty {
            Ty::Bool => &["BoolValue"],
            Ty::Int => &["Int64Value", "Int32Value"],
            Ty::Uint => &["UInt64Value", "UInt32Value"],
            Ty::Double => &["DoubleValue", "FloatValue"],
            Ty::String => &["StringValue"],
            Ty::Bytes => &["BytesValue"],
            Ty::Timestamp => return Some(self.moment("Timestamp", depth)),
            Ty::Duration => return Some(self.moment("Duration", depth)),
            Ty::List(of) => {
                let values = self.expr(&list((**of).clone()), depth);
                return Some(format!("google.protobuf.ListValue{{values: {values}}}"));
            }
            Ty::Map(keys, values) if **keys == Ty::String => {
                let values = Ty::Map(keys.clone(), values.clone());
                let fields = self.expr(&values, depth);
                return Some(format!("google.protobuf.Struct{{fields: {fields}}}"));
            }
            _ => return None,
        };
        let name = self.pick(names);
        Some(match self.rng.u32(0..12) {
            0 => format!("google.protobuf.{name}{{}}"),
            1 => {
                let value = self.expr(&super::optional(ty.clone()), depth);
                format!("google.protobuf.{name}{{?value: {value}}}")
            }
            2 => {
                let field = self.pick(&[
                    "null_value",
                    "number_value",
                    "string_value",
                    "bool_value",
                    "struct_value",
                    "list_value",
                ]);
                let of = self.any_type();
                let value = self.expr(&of, depth);
                format!("google.protobuf.Value{{{field}: dyn({value})}}")
            }
            3 => {
                let of = self.any_type();
                let value = self.expr(&of, depth);
                format!("google.protobuf.{name}{{value: dyn({value})}}")
            }
            _ => format!("google.protobuf.{name}{{value: {}}}", self.expr(ty, depth)),
        })
    }

    fn moment(&mut self, name: &str, depth: u32) -> String {
        // Years beyond the range of texts are a fault here, although the server accepts them.
        let seconds = self.expr(&Ty::Int, depth.min(1));
        let nanos = self.expr(&Ty::Int, depth.min(1));
        format!("google.protobuf.{name}{{seconds: {seconds} % 1000000, nanos: {nanos}}}")
    }
}
