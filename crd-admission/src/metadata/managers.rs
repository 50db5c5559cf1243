//! `managedFields` of embedded resources: the API server stores them unchanged, and so checks them.
//! Those of the resource itself it rewrites.

use apimachinery::go;
use serde_json::{Map, Value};

use super::time::Time;
use crate::error::{BadValue, ErrorType, Violation};
use crate::field_path::{FieldPath, Step};
use crate::json::Node;

/// Maximum size of a manager's name in bytes.
const LONGEST_MANAGER: usize = 128;
/// Maximum size of a subresource's name in bytes.
const LONGEST_SUBRESOURCE: usize = 256;

/// `ManagedFieldsEntry`, borrowed from the object. A missing string is empty.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Manager<'a> {
    pub(super) name: &'a str,
    pub(super) operation: &'a str,
    pub(super) api_version: &'a str,
    pub(super) time: Option<Time>,
    pub(super) fields_type: &'a str,
    pub(super) fields: Option<Node<'a>>,
    pub(super) subresource: &'a str,
}

impl Manager<'_> {
    pub(super) fn to_value(self) -> Value {
        let texts = [
            ("manager", self.name),
            ("operation", self.operation),
            ("apiVersion", self.api_version),
            ("fieldsType", self.fields_type),
            ("subresource", self.subresource),
        ];
        let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
        let texts = texts.map(|(name, text)| (name.to_owned(), Value::from(text)));
        let mut fields: Map<_, _> = texts.collect();
        if let Some(time) = self.time {
            fields.insert("time".to_owned(), time.format().into());
        }
        if let Some(node) = self.fields {
            fields.insert("fieldsV1".to_owned(), node.to_value());
        }
        fields.into()
    }
}

pub(super) fn check(managers: &[Manager<'_>], out: &mut Vec<Violation>) {
    for (index, manager) in managers.iter().enumerate() {
        let at = |field| place(index, field);
        let invalid = |field, value, detail: &str| {
            Violation::invalid(at(field), BadValue::text(value), detail)
        };
        if !matches!(manager.operation, "Apply" | "Update") {
            let detail = "must be `Apply` or `Update`";
            out.push(invalid("operation", manager.operation, detail));
        }
        if !matches!(manager.fields_type, "" | "FieldsV1") {
            out.push(invalid(
                "fieldsType",
                manager.fields_type,
                "must be `FieldsV1`",
            ));
        }
        out.extend(too_long(manager.name, LONGEST_MANAGER, || at("manager")));
        for (position, c) in manager.name.char_indices() {
            if !go::is_printable(c) {
                let code = u32::from(c);
                let detail = format!("invalid character U+{code:04X} (at position {position})");
                out.push(invalid("manager", manager.name, &detail));
            }
        }
        out.extend(too_long(manager.subresource, LONGEST_SUBRESOURCE, || {
            at("subresource")
        }));
    }
}

fn too_long(text: &str, most: usize, at: impl Fn() -> FieldPath) -> Option<Violation> {
    (text.len() > most).then(|| {
        let detail = format!("may not be more than {most} bytes");
        Violation::new(ErrorType::TooLong, at(), BadValue::Omitted, detail)
    })
}

fn place(index: usize, field: &str) -> FieldPath {
    let name = |name: &str| Step::Field(name.to_owned());
    FieldPath::new(
        format!("metadata.managedFields[{index}].{field}"),
        vec![
            name("metadata"),
            name("managedFields"),
            Step::Index(index),
            name(field),
        ],
    )
}
