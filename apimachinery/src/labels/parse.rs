//! Parses selectors.

use std::collections::BTreeSet;
use std::fmt;
use std::iter::Peekable;
use std::str::FromStr;

use super::{Operator, Requirement, Selector};
use crate::FieldPath;
use crate::go::Quoted;
use crate::names::{self, Fault};

/// Why a text is not a selector, in Kubernetes' words, but without the `<nil>: ` that it puts
/// before an invalid key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ParseSelectorError {
    /// An unexpected token between requirements.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
    /// An invalid requirement.
    #[error("unable to parse requirement: {0}")]
    Requirement(#[from] RequirementError),
}

/// Why a requirement is invalid.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RequirementError {
    /// An unexpected token.
    #[error(transparent)]
    Unexpected(#[from] Unexpected),
    /// The key is not a valid label key.
    #[error("Invalid value: {}: {}", Quoted(key), joined(faults))]
    Key {
        /// The key.
        key: String,
        /// Its errors.
        faults: Vec<Fault>,
    },
    /// The values are not valid label values, or cannot be compared.
    #[error("{}", together(.0))]
    Values(Vec<InvalidValue>),
}

/// An unexpected word or sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("found '{found}', expected: {expected}")]
#[non_exhaustive]
pub struct Unexpected {
    /// The token; empty at the end of the text.
    pub found: String,
    /// What is expected instead.
    pub expected: &'static str,
}

/// A value that is not a valid label value, or that cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct InvalidValue {
    /// Its position among the requirement's values.
    pub path: FieldPath,
    /// The value.
    pub value: String,
    /// Its errors.
    pub faults: String,
}

impl fmt::Display for InvalidValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            path,
            value,
            faults,
        } = self;
        write!(f, "{path}: Invalid value: {}: {faults}", Quoted(value))
    }
}

fn joined(faults: &[Fault]) -> String {
    let faults: Vec<_> = faults.iter().map(Fault::as_str).collect();
    faults.join("; ")
}

/// Several errors, in brackets.
fn together(errors: &[InvalidValue]) -> String {
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    match &errors[..] {
        [one] => one.clone(),
        all => format!("[{}]", all.join(", ")),
    }
}

impl FromStr for Selector {
    type Err = ParseSelectorError;

    fn from_str(text: &str) -> Result<Self, ParseSelectorError> {
        let mut parser = Parser {
            tokens: Tokens { rest: text }.peekable(),
        };
        let mut requirements = parser.requirements()?;
        requirements.sort_by(|a, b| a.key.cmp(&b.key));
        Ok(Self { requirements })
    }
}

const OPERATOR: &str = "in, notin, =, ==, !=, gt, lt";

struct Parser<'t> {
    tokens: Peekable<Tokens<'t>>,
}

impl<'t> Parser<'t> {
    fn requirements(&mut self) -> Result<Vec<Requirement>, ParseSelectorError> {
        let mut requirements = Vec::new();
        if self.peek().is_empty() {
            return Ok(requirements);
        }
        if !starts_requirement(self.peek()) {
            return Err(unexpected(self.peek(), "!, identifier, or 'end of string'").into());
        }
        loop {
            requirements.push(self.requirement()?);
            match self.next() {
                "" => return Ok(requirements),
                "," if starts_requirement(self.peek()) => {}
                "," => return Err(unexpected(self.peek(), "identifier after ','").into()),
                other => return Err(unexpected(other, "',' or 'end of string'").into()),
            }
        }
    }

    fn requirement(&mut self) -> Result<Requirement, RequirementError> {
        let is_negated = self.peek() == "!";
        if is_negated {
            self.next();
        }
        let key = self.next();
        if !is_word(key) {
            return Err(unexpected(key, "identifier").into());
        }
        let faults = names::qualified_name(key);
        if !faults.is_empty() {
            let key = key.to_owned();
            return Err(RequirementError::Key { key, faults });
        }
        let operator = match self.peek() {
            _ if is_negated => Operator::DoesNotExist,
            "" | "," => Operator::Exists,
            _ => self.operator()?,
        };
        let values = match operator {
            Operator::Exists | Operator::DoesNotExist => BTreeSet::new(),
            Operator::In | Operator::NotIn => self.values()?,
            _ => BTreeSet::from([self.value()?]),
        };
        let wrong = wrong_values(key, operator, &values);
        if !wrong.is_empty() {
            return Err(RequirementError::Values(wrong));
        }
        Ok(Requirement {
            key: key.to_owned(),
            operator,
            values: values.into_iter().map(str::to_owned).collect(),
        })
    }

    fn operator(&mut self) -> Result<Operator, Unexpected> {
        Ok(match self.next() {
            "=" => Operator::Equals,
            "==" => Operator::DoubleEquals,
            "!=" => Operator::NotEquals,
            ">" => Operator::GreaterThan,
            "<" => Operator::LessThan,
            "in" => Operator::In,
            "notin" => Operator::NotIn,
            other => return Err(unexpected(other, OPERATOR)),
        })
    }

    /// The value after `=` and the like; may be empty.
    fn value(&mut self) -> Result<&'t str, Unexpected> {
        match self.peek() {
            "" | "," => Ok(""),
            _ => match self.next() {
                word if is_word(word) => Ok(word),
                other => Err(unexpected(other, "identifier")),
            },
        }
    }

    /// The values in parentheses. A missing value is empty.
    fn values(&mut self) -> Result<BTreeSet<&'t str>, Unexpected> {
        let open = self.next();
        if open != "(" {
            return Err(unexpected(open, "'('"));
        }
        let first = self.peek();
        if !is_word(first) && !matches!(first, "," | ")") {
            return Err(unexpected(first, "',', ')' or identifier"));
        }
        let mut values = BTreeSet::new();
        loop {
            values.insert(match self.peek() {
                "," | ")" => "",
                word if is_word(word) => self.next(),
                other => return Err(unexpected(other, "',', or identifier")),
            });
            match self.next() {
                ")" => return Ok(values),
                "," => {}
                other => return Err(unexpected(other, "',' or ')'")),
            }
        }
    }

    fn next(&mut self) -> &'t str {
        self.tokens.next().unwrap_or("")
    }

    fn peek(&mut self) -> &'t str {
        self.tokens.peek().copied().unwrap_or("")
    }
}

fn unexpected(found: &str, expected: &'static str) -> Unexpected {
    let found = found.to_owned();
    Unexpected { found, expected }
}

/// Whether a token is a key or a value; operator words may be, too.
fn is_word(token: &str) -> bool {
    !token.is_empty() && !token.starts_with(is_sign)
}

fn starts_requirement(token: &str) -> bool {
    token == "!" || is_word(token)
}

/// The errors of a requirement's values.
fn wrong_values(key: &str, operator: Operator, values: &BTreeSet<&str>) -> Vec<InvalidValue> {
    let is_integer = matches!(operator, Operator::GreaterThan | Operator::LessThan);
    let mut wrong = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let path = FieldPath::of("values").index(index);
        let mut add = |path, faults| {
            let value = (*value).to_owned();
            wrong.push(InvalidValue {
                path,
                value,
                faults,
            });
        };
        if is_integer && value.parse::<i64>().is_err() {
            let rule = "for 'Gt', 'Lt' operators, the value must be an integer";
            add(path.clone(), rule.to_owned());
        }
        let faults = names::label_value(value);
        if !faults.is_empty() {
            add(path.key(key), joined(&faults));
        }
    }
    wrong
}

/// The words and signs of a text; `None` at its end.
struct Tokens<'t> {
    rest: &'t str,
}

const END: char = '\0';

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_sign(c: char) -> bool {
    matches!(c, '=' | '!' | '(' | ')' | ',' | '>' | '<')
}

impl<'t> Iterator for Tokens<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        let rest = self.rest.trim_start_matches(is_space);
        let first = rest.chars().next().filter(|first| *first != END)?;
        let length = if !is_sign(first) {
            let is_after = |c| is_sign(c) || is_space(c) || c == END;
            rest.find(is_after).unwrap_or(rest.len())
        } else if rest.starts_with("==") || rest.starts_with("!=") {
            2
        } else {
            1
        };
        let (token, rest) = rest.split_at(length);
        // Like Kubernetes, this continues after a NUL, unless a token starts with it.
        self.rest = rest.strip_prefix(END).unwrap_or(rest);
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Texts composed of parts of selectors.
    fn texts() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            8 => prop::sample::select(&["a", "b.c/d", "in", "notin", "1", "-", "ü", "A_b"][..]),
            8 => prop::sample::select(&["=", "==", "!=", "!", "(", ")", ",", ">", "<"][..]),
            2 => prop::sample::select(&[" ", "\t", "\0"][..]),
        ];
        prop::collection::vec(part, 0..10).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn display_round_trips(text in texts()) {
            if let Ok(selector) = text.parse::<Selector>() {
                prop_assert_eq!(selector.to_string().parse(), Ok(selector));
            }
        }

        #[test]
        fn any_text_has_an_answer(text: String) {
            let _ = text.parse::<Selector>();
        }

        #[test]
        fn a_requirement_and_its_opposite_part_all_labels(
            pair in prop::sample::select(&[("a", "!a"), ("a=1", "a!=1"), ("a in (,x)", "a notin (,x)")][..]),
            labels in prop::collection::btree_map("[ab]", "[1x]?", 0..3),
        ) {
            let (one, other): (Selector, Selector) = (pair.0.parse()?, pair.1.parse()?);
            prop_assert_ne!(one.matches(&labels), other.matches(&labels));
        }
    }
}
