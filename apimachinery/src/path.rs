//! Paths of values in objects.

use std::borrow::Cow;
use std::fmt;

/// A step from a value to a part of it.
///
/// Exhaustive: JSON has no other parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A field of the resource's type.
    Field(Cow<'static, str>),
    /// A key of a map, such as a label.
    Key(String),
    /// An item of a list, from 0.
    Index(usize),
}

/// The path of a value in an object; the value need not exist.
///
/// ```
/// use apimachinery::FieldPath;
///
/// let name = FieldPath::of("spec.services.volumes").index(0).field("name");
/// assert_eq!(name.to_string(), "spec.services.volumes[0].name");
/// assert_eq!(name.pointer(), "/spec/services/volumes/0/name");
///
/// let label = FieldPath::of("spec.services.nodeSelector").key("example.com/zone");
/// assert_eq!(label.to_string(), "spec.services.nodeSelector[example.com/zone]");
/// assert_eq!(label.pointer(), "/spec/services/nodeSelector/example.com~1zone");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath {
    segments: Vec<Segment>,
}

impl FieldPath {
    /// The object itself.
    pub const fn root() -> Self {
        Self {
            segments: Vec::new(),
        }
    }

    /// The path of nested fields, separated by dots.
    pub fn of(dotted: &'static str) -> Self {
        let fields = dotted.split('.').filter(|field| !field.is_empty());
        Self {
            segments: fields.map(|field| Segment::Field(field.into())).collect(),
        }
    }

    /// The segments, from the object on.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// A field of this value.
    #[must_use]
    pub fn field(self, name: impl Into<Cow<'static, str>>) -> Self {
        self.with(Segment::Field(name.into()))
    }

    /// A key of this map.
    #[must_use]
    pub fn key(self, key: impl Into<String>) -> Self {
        self.with(Segment::Key(key.into()))
    }

    /// An item of this list.
    #[must_use]
    pub fn index(self, index: usize) -> Self {
        self.with(Segment::Index(index))
    }

    /// This path, continued by another.
    #[must_use]
    pub fn join(mut self, below: impl IntoIterator<Item = Segment>) -> Self {
        self.segments.extend(below);
        self
    }

    fn with(mut self, segment: Segment) -> Self {
        self.segments.push(segment);
        self
    }

    /// The path of the parent; `None` for the object itself.
    pub fn parent(&self) -> Option<Self> {
        let (_, above) = self.segments.split_last()?;
        Some(Self {
            segments: above.to_vec(),
        })
    }

    /// As a JSON Pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        let mut pointer = String::new();
        for segment in &self.segments {
            pointer.push('/');
            match segment {
                Segment::Field(name) => push_escaped(&mut pointer, name),
                Segment::Key(key) => push_escaped(&mut pointer, key),
                Segment::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }
}

fn push_escaped(pointer: &mut String, token: &str) {
    for c in token.chars() {
        match c {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            c => pointer.push(c),
        }
    }
}

impl From<Vec<Segment>> for FieldPath {
    fn from(segments: Vec<Segment>) -> Self {
        Self { segments }
    }
}

/// Kubernetes' format: `spec.volumes[0].name`, and map keys in brackets.
impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Field(name) if position == 0 => f.write_str(name)?,
                Segment::Field(name) => write!(f, ".{name}")?,
                Segment::Key(key) => write!(f, "[{key}]")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// As its text.
#[cfg(feature = "serde")]
impl serde::Serialize for FieldPath {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
