//! `pattern`: anchored regular expressions are matched in one pass without backtracking; others by
//! a regular expression engine.
//!
//! A pattern becomes a position automaton: each character class in its text is a state, and the set
//! of active states is one machine word. Matching takes a few instructions per character, for any
//! text, and never allocates.

use std::str::Chars;

use crate::regexp::Regex;

/// The states that fit into a word, except one for the end.
const MAX_STATES: usize = 63;
/// Characters whose states are in a table.
const ASCII: usize = 128;
/// Limits the recursion over groups.
const MAX_SOURCE: usize = 1024;

/// A compiled `pattern`.
#[derive(Clone, Debug)]
pub struct Pattern(Engine);

#[derive(Clone, Debug)]
enum Engine {
    Automaton(Automaton),
    /// Any other expression that Go accepts.
    Regex(Regex),
}

impl Pattern {
    /// `None` if Go rejects the expression.
    pub fn compile(source: &str) -> Option<Self> {
        let automaton = Automaton::compile(source).map(Engine::Automaton);
        automaton
            .or_else(|| Regex::new(source).ok().map(Engine::Regex))
            .map(Self)
    }

    /// Whether a text matches.
    pub fn matches(&self, text: &str) -> bool {
        match &self.0 {
            Engine::Automaton(automaton) => automaton.matches(text),
            Engine::Regex(regex) => regex.is_match(text),
        }
    }
}

#[derive(Clone, Debug)]
struct Automaton {
    /// The characters that enter a state, and its successors.
    states: Vec<(Class, u64)>,
    /// The states that each ASCII character enters.
    ascii: Box<[u64; ASCII]>,
    first: u64,
    last: u64,
    matches_empty: bool,
}

impl Automaton {
    /// `None` if the expression is not anchored at both ends, or uses unsupported syntax.
    fn compile(source: &str) -> Option<Self> {
        let body = source.strip_prefix('^')?.strip_suffix('$')?;
        if source.len() > MAX_SOURCE {
            return None;
        }
        let mut compiler = Compiler {
            rest: body.chars(),
            states: Vec::new(),
        };
        // Without a group, each alternative is anchored at one end only.
        let whole = compiler.sequence()?;
        if compiler.rest.next().is_some() {
            return None;
        }
        let mut ascii = Box::new([0; ASCII]);
        for (c, states) in ('\0'..).zip(ascii.iter_mut()) {
            *states = entered(&compiler.states, c);
        }
        Some(Self {
            ascii,
            states: compiler.states,
            first: whole.first,
            last: whole.last,
            matches_empty: whole.matches_empty,
        })
    }

    fn matches(&self, text: &str) -> bool {
        if text.is_empty() {
            return self.matches_empty;
        }
        let alive = if text.is_ascii() {
            let entered = |byte| self.ascii.get(usize::from(byte)).copied();
            self.run(text.bytes().map(|byte| entered(byte).unwrap_or_default()))
        } else {
            self.run(text.chars().map(|c| entered(&self.states, c)))
        };
        alive & self.last != 0
    }

    /// The active states after characters that enter the given states.
    fn run(&self, entered: impl Iterator<Item = u64>) -> u64 {
        let mut possible = self.first;
        let mut alive = 0;
        for entered in entered {
            let entered = possible & entered;
            if entered == 0 {
                return 0;
            }
            // Runs of the same kind of character are common.
            if entered != alive {
                alive = entered;
                possible = self.after(alive);
            }
        }
        alive
    }

    /// The successors of a set of states.
    fn after(&self, mut states: u64) -> u64 {
        let mut next = 0;
        while states != 0 {
            if let Some((_, follow)) = self.states.get(states.trailing_zeros() as usize) {
                next |= follow;
            }
            states &= states - 1;
        }
        next
    }
}

/// The states that a character enters.
fn entered(states: &[(Class, u64)], c: char) -> u64 {
    let bits = states.iter().enumerate();
    bits.filter(|(_, (class, _))| class.contains(c))
        .fold(0, |entered, (at, _)| entered | 1 << at)
}

/// A set of characters.
#[derive(Clone, Debug)]
struct Class {
    ranges: Vec<(char, char)>,
    negated: bool,
}

impl Class {
    fn one(c: char) -> Self {
        Self {
            ranges: vec![(c, c)],
            negated: false,
        }
    }

    fn contains(&self, c: char) -> bool {
        let listed = self.ranges.iter().any(|&(low, high)| low <= c && c <= high);
        listed != self.negated
    }
}

/// A part of an expression: its first and last states.
#[derive(Clone, Copy)]
struct Part {
    first: u64,
    last: u64,
    matches_empty: bool,
}

struct Compiler<'s> {
    rest: Chars<'s>,
    states: Vec<(Class, u64)>,
}

impl Compiler<'_> {
    fn peek(&self) -> Option<char> {
        self.rest.clone().next()
    }

    fn skip(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        if found {
            self.rest.next();
        }
        found
    }

    /// `a|b`
    fn alternatives(&mut self) -> Option<Part> {
        let mut whole = self.sequence()?;
        while self.skip('|') {
            let other = self.sequence()?;
            whole.first |= other.first;
            whole.last |= other.last;
            whole.matches_empty |= other.matches_empty;
        }
        Some(whole)
    }

    /// `ab`
    fn sequence(&mut self) -> Option<Part> {
        let mut whole = Part {
            first: 0,
            last: 0,
            matches_empty: true,
        };
        while self.peek().is_some_and(|c| c != '|' && c != ')') {
            let part = self.repeated()?;
            self.link(whole.last, part.first);
            whole = Part {
                first: whole.first | if whole.matches_empty { part.first } else { 0 },
                last: part.last | if part.matches_empty { whole.last } else { 0 },
                matches_empty: whole.matches_empty && part.matches_empty,
            };
        }
        Some(whole)
    }

    /// `a`, `a?`, `a*`, `a+`
    fn repeated(&mut self) -> Option<Part> {
        let mut part = self.atom()?;
        let (again, never) = match self.peek() {
            Some('?') => (false, true),
            Some('*') => (true, true),
            Some('+') => (true, false),
            _ => return Some(part),
        };
        self.rest.next();
        if again {
            self.link(part.last, part.first);
        }
        part.matches_empty |= never;
        match self.peek() {
            Some('?' | '*' | '+') => None,
            _ => Some(part),
        }
    }

    /// `(a)`, `[a-z]`, `a`
    fn atom(&mut self) -> Option<Part> {
        let class = match self.rest.next()? {
            '(' => {
                if self.peek() == Some('?') {
                    return None;
                }
                let group = self.alternatives()?;
                return self.skip(')').then_some(group);
            }
            '[' => self.class()?,
            '\\' => escape(self.rest.next()?)?,
            '.' => Class {
                ranges: vec![('\n', '\n')],
                negated: true,
            },
            '^' | '$' | '{' | '}' | ']' | '?' | '*' | '+' => return None,
            c => Class::one(c),
        };
        self.state(class)
    }

    fn state(&mut self, class: Class) -> Option<Part> {
        let at = self.states.len();
        if at >= MAX_STATES {
            return None;
        }
        self.states.push((class, 0));
        Some(Part {
            first: 1 << at,
            last: 1 << at,
            matches_empty: false,
        })
    }

    /// Makes all of `to` successors of all of `from`.
    fn link(&mut self, from: u64, to: u64) {
        for (at, (_, follow)) in self.states.iter_mut().enumerate() {
            if from & (1 << at) != 0 {
                *follow |= to;
            }
        }
    }

    /// `[...]`, after the bracket.
    fn class(&mut self) -> Option<Class> {
        let negated = self.skip('^');
        let mut ranges = Vec::new();
        loop {
            let low = match self.rest.next()? {
                ']' => return (!ranges.is_empty()).then_some(Class { ranges, negated }),
                '\\' => literal_escape(self.rest.next()?)?,
                '[' => return None,
                c => c,
            };
            let mut ahead = self.rest.clone();
            let high = match (ahead.next(), ahead.next()) {
                (Some('-'), Some(high)) if high != ']' => {
                    self.rest = ahead;
                    if high == '\\' {
                        literal_escape(self.rest.next()?)?
                    } else {
                        high
                    }
                }
                _ => low,
            };
            ranges.push((low, high));
        }
    }
}

fn escape(c: char) -> Option<Class> {
    let (ranges, negated) = match c {
        'd' | 'D' => (vec![('0', '9')], c == 'D'),
        's' | 'S' => (vec![('\t', '\n'), ('\u{c}', '\r'), (' ', ' ')], c == 'S'),
        _ => return literal_escape(c).map(Class::one),
    };
    Some(Class { ranges, negated })
}

fn literal_escape(c: char) -> Option<char> {
    match c {
        't' => Some('\t'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        c if c.is_ascii_punctuation() => Some(c),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Automaton;

    fn check(source: &str, matching: &[&str], other: &[&str]) {
        let pattern = Automaton::compile(source).expect("compiles");
        for text in matching {
            assert!(pattern.matches(text), "{source} {text}");
        }
        for text in other {
            assert!(!pattern.matches(text), "{source} {text}");
        }
    }

    #[test]
    fn quantities() {
        check(
            r"^(\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\+|-)?(([0-9]+(\.[0-9]*)?)|(\.[0-9]+))))?$",
            &["1", "-1", "+.5", "1.", "1Gi", "100m", "1e3", "1E-.5", "0"],
            &["", "Gi", "1gi", "1 ", "1Gii", "--1", "1e", ".", "1\n"],
        );
    }

    #[test]
    fn other_patterns() {
        check(
            r"^https://\S+$",
            &["https://x", "https://\u{e9}"],
            &["https://", "https://a b", "http://x"],
        );
        check(
            "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$",
            &["a", "ab", "a,b"],
            &["", "a,", "1", "a-b"],
        );
        check(
            "^[A-Za-z0-9][A-Za-z0-9_-]*$",
            &["a", "a-", "0_"],
            &["", "-a", "a b"],
        );
        check("^(a|b)?$", &["", "a", "b"], &["ab", "c"]);
        check("^[^:]*$", &["", "a\n"], &[":", "a:"]);
    }

    #[test]
    fn unsupported_expressions_are_rejected() {
        for source in [
            "a", "^a", "^a|b$", "^a{2}$", "^(?i)a$", "^a**$", "^[$", "^(a$", r"^\w$", "^a)$",
        ] {
            assert!(Automaton::compile(source).is_none(), "{source}");
        }
    }
}
