//! The syntax of Go's regular expressions.

use super::class::{Class, character, escape};
use super::classes;
use super::error::{self, SyntaxError};

/// Maximum nesting of an expression.
pub(super) const MAX_HEIGHT: u32 = 1_000;
/// Maximum repetition of an expression, multiplied over nested repetitions.
const MAX_REPEAT: u32 = 1_000;
/// Translates an expression to the engine's syntax.
pub(super) fn translate(source: &str) -> Result<String, SyntaxError> {
    let mut parser = Parser {
        source,
        rest: source,
        out: String::with_capacity(source.len() + 16),
        flags: Flags::default(),
        open: Vec::new(),
        here: Level::default(),
    };
    parser.run()?;
    Ok(parser.out)
}

/// The flags of `(?...)`.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "these are flags")]
struct Flags {
    fold_case: bool,
    multi_line: bool,
    dot_newline: bool,
    lazy: bool,
}

/// The state of a group's alternatives.
#[derive(Clone, Copy, Debug, Default)]
struct Level {
    /// Whether there is something to repeat.
    has_item: bool,
    /// The weight of the last item.
    item: Weight,
    /// The maximum weight of all items.
    all: Weight,
}

#[derive(Clone, Copy, Debug, Default)]
struct Weight {
    height: u32,
    /// How often the innermost part is repeated.
    repeats: u32,
}

impl Weight {
    const ONE: Self = Self {
        height: 1,
        repeats: 1,
    };

    fn max(self, other: Self) -> Self {
        Self {
            height: self.height.max(other.height),
            repeats: self.repeats.max(other.repeats),
        }
    }
}

struct Parser<'s> {
    source: &'s str,
    rest: &'s str,
    out: String,
    flags: Flags,
    /// The enclosing groups, with the flags to restore.
    open: Vec<(Level, Flags)>,
    here: Level,
}

impl<'s> Parser<'s> {
    fn run(&mut self) -> Result<(), SyntaxError> {
        let mut last_repeat = None;
        while let Some(c) = self.rest.chars().next() {
            let before = self.rest;
            let mut repeat = None;
            match c {
                '(' => self.open_group()?,
                ')' => self.close_group()?,
                '|' => {
                    self.advance(1);
                    self.out.push('|');
                    self.here.has_item = false;
                }
                '^' => self.assertion(
                    1,
                    if self.flags.multi_line {
                        "(?m:^)"
                    } else {
                        r"\A"
                    },
                ),
                '$' => self.assertion(
                    1,
                    if self.flags.multi_line {
                        "(?m:$)"
                    } else {
                        r"\z"
                    },
                ),
                '.' => self.assertion(
                    1,
                    if self.flags.dot_newline {
                        "(?s:.)"
                    } else {
                        r"[^\n]"
                    },
                ),
                '[' => self.class()?,
                '*' | '+' | '?' => {
                    self.advance(1);
                    let height = self.here.item.height + 1;
                    let repeats = self.here.item.repeats;
                    self.repeat(
                        &c.to_string(),
                        Weight { height, repeats },
                        before,
                        last_repeat,
                    )?;
                    repeat = Some(before);
                }
                '{' => match counts(self.rest) {
                    Some((counts, rest)) => {
                        self.rest = rest;
                        self.counted(counts, before, last_repeat)?;
                        repeat = Some(before);
                    }
                    None => self.literal_next(),
                },
                '\\' => self.backslash()?,
                _ => self.literal_next(),
            }
            last_repeat = repeat;
        }
        if self.open.is_empty() {
            Ok(())
        } else {
            Err(SyntaxError::new(error::MISSING_PAREN, self.source))
        }
    }

    fn advance(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    /// The source from `start` to the current position.
    fn since(&self, start: &'s str) -> &'s str {
        let length = start.len().saturating_sub(self.rest.len());
        start.get(..length).unwrap_or(start)
    }

    /// Records an item, which can be repeated.
    fn item(&mut self, weight: Weight) {
        self.here.has_item = true;
        self.here.item = weight;
        self.here.all = self.here.all.max(weight);
    }

    fn assertion(&mut self, bytes: usize, translated: &str) {
        self.advance(bytes);
        self.out.push_str(translated);
        self.item(Weight::ONE);
    }

    fn literal_next(&mut self) {
        if let Some(c) = self.rest.chars().next() {
            self.advance(c.len_utf8());
            self.literal(u32::from(c));
        }
    }

    fn literal(&mut self, code: u32) {
        let mut class = Class::default();
        class.range(code, code);
        self.write_class(&class, false);
    }

    fn write_class(&mut self, class: &Class, is_negated: bool) {
        self.out
            .push_str(if self.flags.fold_case { "(?i:" } else { "" });
        class.write(&mut self.out, is_negated);
        self.out
            .push_str(if self.flags.fold_case { ")" } else { "" });
        self.item(Weight::ONE);
    }

    fn open_group(&mut self) -> Result<(), SyntaxError> {
        let outer = self.flags;
        if let Some(rest) = self.rest.strip_prefix("(?") {
            if !self.perl_group(rest)? {
                return Ok(());
            }
        } else {
            self.advance(1);
        }
        if self.open.len() >= usize::try_from(MAX_HEIGHT).unwrap_or_default() {
            return Err(SyntaxError::new(error::TOO_DEEP, self.source));
        }
        self.out.push_str("(?:");
        self.open.push((self.here, outer));
        self.here = Level::default();
        Ok(())
    }

    /// Reads the text after `(?`; returns whether it opens a group.
    fn perl_group(&mut self, rest: &'s str) -> Result<bool, SyntaxError> {
        let start = self.rest;
        let named = rest.strip_prefix("P<").or(rest.strip_prefix('<'));
        if let Some(name) = named.filter(|name| !name.is_empty()) {
            let Some((name, rest)) = name.split_once('>') else {
                return Err(SyntaxError::new(error::BAD_NAME, start));
            };
            self.rest = rest;
            let is_word = |c: char| c == '_' || c.is_ascii_alphanumeric();
            if name.is_empty() || !name.chars().all(is_word) {
                return Err(SyntaxError::new(error::BAD_NAME, self.since(start)));
            }
            return Ok(true);
        }
        self.rest = rest;
        let mut flags = self.flags;
        let mut is_on = true;
        let mut has_flag = false;
        while let Some(c) = self.rest.chars().next() {
            self.advance(c.len_utf8());
            let flag = match c {
                'i' => &mut flags.fold_case,
                'm' => &mut flags.multi_line,
                's' => &mut flags.dot_newline,
                'U' => &mut flags.lazy,
                '-' if is_on => {
                    is_on = false;
                    has_flag = false;
                    continue;
                }
                ':' | ')' if is_on || has_flag => {
                    self.flags = flags;
                    return Ok(c == ':');
                }
                _ => break,
            };
            *flag = is_on;
            has_flag = true;
        }
        Err(SyntaxError::new(error::BAD_PERL, self.since(start)))
    }

    fn close_group(&mut self) -> Result<(), SyntaxError> {
        let Some((outer, flags)) = self.open.pop() else {
            return Err(SyntaxError::new(error::UNEXPECTED_PAREN, self.source));
        };
        self.advance(1);
        self.out.push(')');
        let within = self.here.all.max(Weight::ONE);
        self.here = outer;
        self.flags = flags;
        self.item(Weight {
            height: within.height + 1,
            repeats: within.repeats,
        });
        self.check_height()
    }

    fn check_height(&self) -> Result<(), SyntaxError> {
        if self.here.item.height > MAX_HEIGHT {
            return Err(SyntaxError::new(error::TOO_DEEP, self.source));
        }
        Ok(())
    }

    /// Repeats the last item.
    fn repeat(
        &mut self,
        operator: &str,
        weight: Weight,
        before: &'s str,
        last_repeat: Option<&'s str>,
    ) -> Result<(), SyntaxError> {
        let mut lazy = self.flags.lazy;
        if self.rest.starts_with('?') {
            self.advance(1);
            lazy = !lazy;
        }
        if let Some(last) = last_repeat {
            return Err(SyntaxError::new(error::BAD_NESTED_REPEAT, self.since(last)));
        }
        if !self.here.has_item {
            return Err(SyntaxError::new(
                error::MISSING_ARGUMENT,
                self.since(before),
            ));
        }
        self.out.push_str(operator);
        self.out.push_str(if lazy { "?" } else { "" });
        self.item(weight);
        self.check_height()
    }

    fn counted(
        &mut self,
        counts: Counts,
        before: &'s str,
        last_repeat: Option<&'s str>,
    ) -> Result<(), SyntaxError> {
        let bad = |parser: &Self| Err(SyntaxError::new(error::BAD_REPEAT, parser.since(before)));
        let Counts { min, max } = counts;
        if min > MAX_REPEAT || max.is_some_and(|max| max > MAX_REPEAT || min > max) {
            return bad(self);
        }
        let operator = match max {
            Some(max) => format!("{{{min},{max}}}"),
            None => format!("{{{min},}}"),
        };
        let times = max.unwrap_or(min);
        let repeats = match max {
            Some(0) => 1,
            _ => self.here.item.repeats.saturating_mul(times.max(1)),
        };
        let height = self.here.item.height + 1;
        self.repeat(&operator, Weight { height, repeats }, before, last_repeat)?;
        if times >= 2 && repeats > MAX_REPEAT {
            return bad(self);
        }
        Ok(())
    }

    fn backslash(&mut self) -> Result<(), SyntaxError> {
        match self.rest.chars().nth(1) {
            Some('A') => self.assertion(2, r"\A"),
            Some('z') => self.assertion(2, r"\z"),
            Some('b') => self.assertion(2, r"(?-u:\b)"),
            Some('B') => self.assertion(2, r"(?-u:\B)"),
            Some('C') => return Err(SyntaxError::new(error::BAD_ESCAPE, r"\C")),
            Some('Q') => self.quoted(),
            Some('p' | 'P') => {
                let mut class = Class::default();
                self.rest = class.unicode(self.rest)?;
                self.write_class(&class, false);
            }
            Some(letter) if classes::perl(letter).is_some() => {
                let mut class = Class::default();
                self.rest = class.perl(self.rest).unwrap_or_default();
                self.write_class(&class, false);
            }
            _ => {
                let (code, rest) = escape(self.rest)?;
                self.rest = rest;
                self.literal(code);
            }
        }
        Ok(())
    }

    /// `\Q...\E`
    fn quoted(&mut self) {
        let quoted = self.rest.get(2..).unwrap_or_default();
        let (text, rest) = quoted.split_once(r"\E").unwrap_or((quoted, ""));
        for c in text.chars() {
            self.literal(u32::from(c));
        }
        self.rest = rest;
    }

    /// `[...]`
    fn class(&mut self) -> Result<(), SyntaxError> {
        let start = self.rest;
        let missing = || SyntaxError::new(error::MISSING_BRACKET, start);
        let mut rest = start.get(1..).unwrap_or_default();
        let is_negated = rest.starts_with('^');
        rest = rest.strip_prefix('^').unwrap_or(rest);
        let mut class = Class::default();
        let mut is_first = true;
        while is_first || !rest.starts_with(']') {
            is_first = false;
            if let Some(after) = class.named(rest)? {
                rest = after;
                continue;
            }
            let from = rest;
            let (low, after) = character(rest).ok_or_else(missing)??;
            rest = after;
            let mut high = low;
            if let Some(after) = rest.strip_prefix('-')
                && !after.is_empty()
                && !after.starts_with(']')
            {
                (high, rest) = character(after).ok_or_else(missing)??;
                if high < low {
                    let length = from.len().saturating_sub(rest.len());
                    let part = from.get(..length).unwrap_or_default();
                    return Err(SyntaxError::new(error::BAD_RANGE, part));
                }
            }
            class.range(low, high);
        }
        self.rest = rest.get(1..).unwrap_or_default();
        self.write_class(&class, is_negated);
        Ok(())
    }
}

/// The bounds of a repetition.
#[derive(Clone, Copy, Debug)]
struct Counts {
    min: u32,
    /// `None` if unbounded.
    max: Option<u32>,
}

/// Reads `{1}`, `{1,}` or `{1,2}`.
fn counts(text: &str) -> Option<(Counts, &str)> {
    let (min, rest) = count(text.strip_prefix('{')?)?;
    if let Some(rest) = rest.strip_prefix('}') {
        let max = Some(min);
        return Some((Counts { min, max }, rest));
    }
    let rest = rest.strip_prefix(',')?;
    if let Some(rest) = rest.strip_prefix('}') {
        return Some((Counts { min, max: None }, rest));
    }
    let (max, rest) = count(rest)?;
    let max = Some(max);
    Some((Counts { min, max }, rest.strip_prefix('}')?))
}

/// A number without leading zeros; the maximum if it does not fit.
fn count(text: &str) -> Option<(u32, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    if digits.is_empty() || digits.len() > 1 && digits.starts_with('0') {
        return None;
    }
    Some((digits.parse().unwrap_or(u32::MAX), rest))
}
