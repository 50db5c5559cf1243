//! The path of a violation, as the API server's text and as steps.

use std::fmt;

use serde::{Serialize, Serializer};

/// A step from a value to a part of it.
///
/// Exhaustive: JSON has no other parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(untagged)]
pub enum Step {
    /// A property in the schema.
    Field(String),
    /// A key of a map, which is not in the schema.
    Key(String),
    /// An item of a list, from 0.
    Index(usize),
}

/// The field of a violation.
///
/// [`Display`](fmt::Display) and [`as_str`](Self::as_str) give the API server's text, such as
/// `spec.services.volumes[0].name`, or `<nil>` for the whole object. The text is for people: keys
/// of maps may contain dots and brackets, and some texts are less precise than the
/// [`steps`](Self::steps), which lead to the field.
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
/// let violation = crd.version("v1").expect("served").first(thing).expect("a number is not a string");
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

    /// A path of fields without dots in their names.
    pub(crate) fn of_fields(path: &str) -> Self {
        let fields = path.split('.').filter(|name| !name.is_empty());
        let steps = fields.map(|name| Step::Field(name.to_owned())).collect();
        Self::new(path.to_owned(), steps)
    }

    /// A path that goes further than its text.
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

    /// The API server's text: empty for a violation of the request, `<nil>` for the whole object.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The steps from the object's root to the field, or to where it should be.
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
