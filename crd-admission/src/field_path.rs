//! Where a violation is, as the API server writes it and as steps that lead there.

use std::fmt;

use serde::{Serialize, Serializer};

/// One step from a value to a part of it.
///
/// Exhaustive: JSON has no other parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum Step {
    /// A field that the schema names.
    Field(String),
    /// A key of a map, which the schema does not name.
    Key(String),
    /// An item of a list, from 0.
    Index(usize),
}

/// The field that a violation is about.
///
/// [`Display`](fmt::Display) and [`as_str`](Self::as_str) give the API server's text, such as
/// `spec.services.volumes[0].name`, or `<nil>` for the whole object. That text is for people: a key
/// of a map may have dots and brackets in it, and some texts name less than is known. The
/// [`steps`](Self::steps) lead to the field.
///
/// ```
/// use crd_admission::{Crd, Step};
///
/// let crd = Crd::parse(br#"{
///     "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
///     "metadata": {"name": "things.example.com"},
///     "spec": {"group": "example.com", "scope": "Namespaced",
///     "names": {"kind": "Thing", "plural": "things"},
///     "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
///         "type": "object",
///         "properties": {"labels": {
///             "type": "object", "additionalProperties": {"type": "string"}
///         }}
///     }}}]
/// }}"#)?;
/// let thing = r#"{
///     "apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "a"},
///     "labels": {"example.com/zone": 1}
/// }"#;
/// let violation = crd.version("v1").expect("served").first(thing).expect("a number is no text");
/// assert_eq!(violation.path, "labels.example.com/zone");
/// assert_eq!(violation.path.steps()[1], Step::Key("example.com/zone".into()));
/// assert_eq!(violation.path.to_pointer(), "/labels/example.com~1zone");
/// # Ok::<(), crd_admission::CompileError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath {
    text: String,
    steps: Vec<Step>,
}

impl FieldPath {
    pub(crate) const fn new(text: String, steps: Vec<Step>) -> Self {
        Self { text, steps }
    }

    /// A path of fields, of which none has a dot.
    pub(crate) fn of_fields(path: &str) -> Self {
        let fields = path.split('.').filter(|name| !name.is_empty());
        let steps = fields.map(|name| Step::Field(name.to_owned())).collect();
        Self::new(path.to_owned(), steps)
    }

    /// One that leads further than its text says.
    pub(crate) fn then(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// A path below this one.
    pub(crate) fn join(&self, below: &Self) -> Self {
        let text = match self.text.as_str() {
            "<nil>" => below.text.clone(),
            text => format!("{text}.{}", below.text),
        };
        let steps = self.steps.iter().chain(&below.steps).cloned().collect();
        Self::new(text, steps)
    }

    /// The API server's text: empty for a violation that is about the request, `<nil>` for the whole
    /// object.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The steps from the root of the object to the field, or to where it should be.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The steps as a JSON pointer (RFC 6901), as [`serde_json::Value::pointer`] takes it.
    pub fn to_pointer(&self) -> String {
        let mut pointer = String::new();
        for step in &self.steps {
            pointer.push('/');
            match step {
                Step::Index(index) => pointer.push_str(&index.to_string()),
                Step::Field(name) | Step::Key(name) => {
                    pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                }
            }
        }
        pointer
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl AsRef<str> for FieldPath {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl PartialEq<str> for FieldPath {
    fn eq(&self, other: &str) -> bool {
        self.text == other
    }
}

impl PartialEq<&str> for FieldPath {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

/// The text.
impl Serialize for FieldPath {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
