//! A violation, in the API server's words.

use std::borrow::Cow;
use std::fmt;

use apimachinery::go;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::field_path::FieldPath;

/// The type of a [`Violation`]: the `reason` of a status cause.
///
/// Those of fields are Go's `field.ErrorType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorType {
    /// The value is out of range, does not match its pattern, or breaks a rule.
    Invalid,
    /// The value has the wrong JSON type or format.
    TypeInvalid,
    /// The value is missing.
    Required,
    /// The value is not one of the allowed ones.
    NotSupported,
    /// The item or key is a duplicate.
    Duplicate,
    /// The string is too long; it is not shown.
    TooLong,
    /// Too many items.
    TooMany,
    /// The object's state forbids the change.
    Forbidden,
    /// The request cannot be read; no field.
    BadRequest,
    /// The request is based on another state of the object; no field.
    Conflict,
    /// The resource has no such subresource; no field.
    NotFound,
    /// The body is larger than the API server accepts; no field.
    TooLarge,
    /// The old object could not have been stored; no field.
    Internal,
}

impl ErrorType {
    /// The name in a status cause, such as `FieldValueInvalid`, or the status's reason for errors
    /// without a field.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Invalid => "FieldValueInvalid",
            Self::TypeInvalid => "FieldValueTypeInvalid",
            Self::Required => "FieldValueRequired",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Duplicate => "FieldValueDuplicate",
            Self::TooLong => "FieldValueTooLong",
            Self::TooMany => "FieldValueTooMany",
            Self::Forbidden => "FieldValueForbidden",
            Self::BadRequest => "BadRequest",
            Self::Conflict => "Conflict",
            Self::NotFound => "NotFound",
            Self::TooLarge => "RequestEntityTooLarge",
            Self::Internal => "InternalError",
        }
    }

    /// Whether it concerns a field rather than the whole request.
    pub const fn is_field(self) -> bool {
        self.title().is_some()
    }

    /// Whether it prevents the evaluation of rules, which could fail on such an object.
    pub(crate) const fn blocks_rules(self) -> bool {
        matches!(
            self,
            Self::NotSupported | Self::Required | Self::TooLong | Self::TooMany | Self::TypeInvalid
        )
    }

    const fn title(self) -> Option<&'static str> {
        match self {
            Self::Invalid | Self::TypeInvalid => Some("Invalid value"),
            Self::Required => Some("Required value"),
            Self::NotSupported => Some("Unsupported value"),
            Self::Duplicate => Some("Duplicate value"),
            Self::TooLong => Some("Too long"),
            Self::TooMany => Some("Too many"),
            Self::Forbidden => Some("Forbidden"),
            Self::BadRequest
            | Self::Conflict
            | Self::NotFound
            | Self::TooLarge
            | Self::Internal => None,
        }
    }
}

/// The value, as far as the API server shows it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BadValue {
    /// Not shown.
    Omitted,
    /// A string, shown in quotes.
    Text(String),
    /// An integer.
    Integer(i64),
    /// Any other number.
    Float(f64),
    /// A boolean.
    Bool(bool),
    /// Anything else, as JSON.
    Json(String),
}

impl BadValue {
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// The failure of a rule.
///
/// Exhaustive: a rule holds, is broken, or fails.
#[derive(Clone, Copy, Debug)]
pub enum RuleFault<'a> {
    /// It is broken.
    Broken {
        /// The rule's message.
        message: &'a str,
    },
    /// It cannot be evaluated.
    NotEvaluated {
        /// The reason.
        why: crate::native::Fault,
        /// The rule's message.
        message: &'a str,
    },
}

/// A violation.
///
/// [`Display`](fmt::Display) gives the API server's text, `FIELD: Invalid value: ...`.
/// [`message`](Self::message) is the part after the field, as in a status cause.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub struct Violation {
    /// The type.
    pub error_type: ErrorType,
    /// The field, such as `spec.services.volumes[0].name`; `<nil>` for the whole object; empty if
    /// it concerns the request.
    pub path: FieldPath,
    /// The value.
    pub value: BadValue,
    /// Details; may be empty where the type is enough.
    pub detail: String,
    /// The CEL expression of the rule that is broken or cannot be evaluated
    /// (`x-kubernetes-validations`); `None` for other violations.
    pub rule: Option<Cow<'static, str>>,
}

impl Violation {
    #[cold]
    pub(crate) fn new(
        error_type: ErrorType,
        path: FieldPath,
        value: BadValue,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            error_type,
            path,
            value,
            detail: detail.into(),
            rule: None,
        }
    }

    #[cold]
    pub(crate) fn invalid(path: FieldPath, value: BadValue, detail: impl Into<String>) -> Self {
        Self::new(ErrorType::Invalid, path, value, detail)
    }

    #[cold]
    pub(crate) fn required(path: FieldPath, detail: impl Into<String>) -> Self {
        Self::new(ErrorType::Required, path, BadValue::Omitted, detail)
    }

    #[cold]
    pub(crate) fn forbidden(path: FieldPath, detail: impl Into<String>) -> Self {
        Self::new(ErrorType::Forbidden, path, BadValue::Omitted, detail)
    }

    /// A string that is not one of the allowed values.
    #[cold]
    pub(crate) fn not_supported(path: FieldPath, text: &str, supported: &[&str]) -> Self {
        let quoted: Vec<_> = supported
            .iter()
            .map(|text| go::Quoted(text).to_string())
            .collect();
        let detail = format!("supported values: {}", quoted.join(", "));
        Self::new(ErrorType::NotSupported, path, BadValue::text(text), detail)
    }

    #[cold]
    pub(crate) fn request(error_type: ErrorType, detail: impl Into<String>) -> Self {
        Self::new(error_type, FieldPath::default(), BadValue::Omitted, detail)
    }

    #[cold]
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::request(ErrorType::BadRequest, detail)
    }

    /// A violation of a rule.
    #[cold]
    pub(crate) fn by_rule(self, expression: Cow<'static, str>) -> Self {
        let rule = Some(expression);
        Self { rule, ..self }
    }

    /// A violation of a rule that is broken or cannot be evaluated, at a path.
    pub fn of_rule(path: FieldPath, expression: Cow<'static, str>, outcome: RuleFault<'_>) -> Self {
        let (value, detail) = match outcome {
            RuleFault::Broken { message } => (BadValue::Omitted, message.to_owned()),
            RuleFault::NotEvaluated { why, message } => (
                BadValue::text("object"),
                format!("{why} evaluating rule: {message}"),
            ),
        };
        Self::invalid(path, value, detail).by_rule(expression)
    }

    /// The `message` of a status cause: the text without the field.
    pub fn message(&self) -> impl fmt::Display + '_ {
        Message(self)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.error_type.is_field() {
            write!(f, "{}: ", self.path)?;
        }
        Message(self).fmt(f)
    }
}

/// The type as a cause's reason, the field as text and as steps, and the texts.
impl Serialize for Violation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Violation", 7)?;
        fields.serialize_field("reason", self.error_type.reason())?;
        fields.serialize_field("field", &self.path)?;
        fields.serialize_field("steps", self.path.steps())?;
        fields.serialize_field("value", &self.value)?;
        fields.serialize_field("detail", &self.detail)?;
        fields.serialize_field("rule", &self.rule)?;
        fields.serialize_field("message", &self.message().to_string())?;
        fields.end()
    }
}

/// The value; null if it is not shown.
impl Serialize for BadValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Omitted => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Float(number) => serializer.serialize_f64(*number),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Json(json) => match serde_json::from_str::<Value>(json) {
                Ok(value) => value.serialize(serializer),
                Err(_) => serializer.serialize_str(json),
            },
        }
    }
}

struct Message<'a>(&'a Violation);

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation {
            error_type,
            value,
            detail,
            ..
        } = self.0;
        let Some(title) = error_type.title() else {
            return f.write_str(detail);
        };
        f.write_str(title)?;
        match value {
            BadValue::Omitted => {}
            BadValue::Text(text) => write!(f, ": {}", go::Quoted(text))?,
            BadValue::Integer(number) => write!(f, ": {number}")?,
            BadValue::Float(number) => write!(f, ": {}", go::Float(*number))?,
            BadValue::Bool(value) => write!(f, ": {value}")?,
            BadValue::Json(json) => write!(f, ": {json}")?,
        }
        if detail.is_empty() {
            return Ok(());
        }
        write!(f, ": {detail}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_those_of_the_api_server() {
        let a = || FieldPath::of_fields("a");
        let texts = [
            (
                Violation::invalid(a(), BadValue::text("x\"y"), "no"),
                r#"a: Invalid value: "x\"y": no"#,
            ),
            (
                Violation::invalid(a(), BadValue::Float(1e30), "no"),
                "a: Invalid value: 1e+30: no",
            ),
            (
                Violation::invalid(a(), BadValue::Omitted, "no"),
                "a: Invalid value: no",
            ),
            (Violation::required(a(), ""), "a: Required value"),
            (Violation::bad_request("what?"), "what?"),
        ];
        for (violation, text) in texts {
            assert_eq!(violation.to_string(), text);
        }
    }
    #[test]
    fn violations_serialise() {
        let path = FieldPath::of_fields("spec.list");
        let value = BadValue::Json("{\"a\":1}".to_owned());
        let violation = Violation::invalid(path, value, "no").by_rule("false".into());
        assert_eq!(
            serde_json::to_value(&violation).expect("it is data"),
            serde_json::json!({
                "reason": "FieldValueInvalid",
                "field": "spec.list",
                "steps": ["spec", "list"],
                "value": {"a": 1},
                "detail": "no",
                "rule": "false",
                "message": "Invalid value: {\"a\":1}: no",
            })
        );
    }
}
