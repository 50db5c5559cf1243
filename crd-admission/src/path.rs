//! The path of a value: a linked list on the stack, which becomes text only for an error.

use std::fmt::Write as _;

use crate::field_path::{FieldPath, Step};

/// A step from a value to a part of it.
#[derive(Clone, Copy, Debug)]
pub enum Segment<'p> {
    /// A property in the schema.
    Field(&'p str),
    /// A key of a map, which is not in the schema.
    Key(&'p str),
    /// An item of a list.
    Index(usize),
}

impl Segment<'_> {
    fn to_step(self) -> Step {
        match self {
            Self::Field(name) => Step::Field(name.to_owned()),
            Self::Key(key) => Step::Key(key.to_owned()),
            Self::Index(index) => Step::Index(index),
        }
    }
}

/// A path in an object. The root has no segment.
#[derive(Clone, Copy, Debug)]
pub struct Path<'p> {
    step: Option<(&'p Path<'p>, Segment<'p>)>,
}

impl Path<'_> {
    /// The root.
    pub const ROOT: Self = Self { step: None };
}

impl<'p> Path<'p> {
    /// A field of it.
    #[must_use]
    pub fn field(&'p self, name: &'p str) -> Self {
        self.child(Segment::Field(name))
    }

    pub(crate) fn index(&'p self, index: usize) -> Self {
        self.child(Segment::Index(index))
    }

    pub(crate) fn child(&'p self, segment: Segment<'p>) -> Self {
        Self {
            step: Some((self, segment)),
        }
    }

    pub(crate) const fn is_root(&self) -> bool {
        self.step.is_none()
    }

    /// The API server's text for lists and rules: map keys in brackets, and `<nil>` for the root.
    pub fn bracketed(&self) -> FieldPath {
        let text = if self.step.is_none() {
            "<nil>".to_owned()
        } else {
            self.render(true)
        };
        FieldPath::new(text, self.steps())
    }

    /// The API server's text for the schema: map keys after a dot, whatever they contain.
    pub(crate) fn dotted(&self) -> String {
        self.render(false)
    }

    /// The steps from the root.
    pub(crate) fn steps(&self) -> Vec<Step> {
        self.segments().into_iter().map(Segment::to_step).collect()
    }

    fn render(&self, bracket_keys: bool) -> String {
        let mut text = String::new();
        for segment in self.segments() {
            push(&mut text, segment, bracket_keys);
        }
        text
    }

    fn segments(&self) -> Vec<Segment<'p>> {
        let mut segments = Vec::new();
        let mut at = self;
        while let Some((parent, segment)) = at.step {
            segments.push(segment);
            at = parent;
        }
        segments.reverse();
        segments
    }
}

fn push(text: &mut String, segment: Segment<'_>, bracket_keys: bool) {
    match segment {
        Segment::Index(index) => {
            // Writing to a string cannot fail.
            let _ = write!(text, "[{index}]");
        }
        Segment::Key(key) if bracket_keys => {
            let _ = write!(text, "[{key}]");
        }
        Segment::Field(name) | Segment::Key(name) => {
            if !text.is_empty() {
                text.push('.');
            }
            text.push_str(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_in_two_ways() {
        let map = Path::ROOT.field("spec");
        let key = map.child(Segment::Key("a.b/c"));
        let item = key.index(3);
        assert_eq!(item.dotted(), "spec.a.b/c[3]");
        assert_eq!(item.bracketed(), "spec[a.b/c][3]");
        assert_eq!(item.bracketed().to_pointer(), "/spec/a.b~1c/3");
        assert_eq!(Path::ROOT.bracketed(), "<nil>");
        assert_eq!(Path::ROOT.dotted(), "");
    }
}
