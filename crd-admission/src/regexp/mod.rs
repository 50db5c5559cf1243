//! Go's regular expressions, for `pattern` and CEL.
//!
//! Expressions are parsed as in Go, with Go's errors, and translated to equivalent ones of the
//! engine.

mod class;
mod classes;
mod error;
mod syntax;

use regex_automata::meta;
use regex_automata::util::syntax as engine;

pub(crate) use self::error::SyntaxError;

/// Maximum size of a compiled expression in bytes. Go's limit is far higher.
const MAX_SIZE: usize = 64 << 20;
/// Go's nesting limit.
const MAX_DEPTH: u32 = 4 * syntax::MAX_HEIGHT;

/// A compiled regular expression.
#[derive(Clone, Debug)]
pub(crate) struct Regex {
    engine: meta::Regex,
}

/// Checks that a text is a regular expression in Go.
pub(crate) fn check(source: &str) -> Result<(), SyntaxError> {
    syntax::translate(source).map(drop)
}

impl Regex {
    pub(crate) fn new(source: &str) -> Result<Self, SyntaxError> {
        let translated = syntax::translate(source)?;
        let syntax = engine::Config::new().utf8(false).nest_limit(MAX_DEPTH);
        let limits = meta::Config::new()
            .utf8_empty(true)
            .nfa_size_limit(Some(MAX_SIZE));
        let engine = meta::Regex::builder()
            .syntax(syntax)
            .configure(limits)
            .build(&translated)
            .map_err(|_| SyntaxError::too_large(source))?;
        Ok(Self { engine })
    }

    /// Whether it matches anywhere in the text.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        self.engine.is_match(text)
    }

    /// The first match.
    pub(crate) fn find<'t>(&self, text: &'t str) -> Option<&'t str> {
        self.find_all(text).next()
    }

    /// All matches, without overlaps.
    pub(crate) fn find_all<'t>(&self, text: &'t str) -> impl Iterator<Item = &'t str> {
        let matches = self.engine.find_iter(text);
        matches.map(|found| text.get(found.range()).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn finds(source: &str, text: &str) -> Vec<String> {
        let regex = Regex::new(source).expect(source);
        regex.find_all(text).map(str::to_owned).collect()
    }

    #[track_caller]
    fn refused(source: &str) -> String {
        Regex::new(source).expect_err(source).to_string()
    }

    #[test]
    fn classes_are_those_of_go() {
        assert_eq!(finds(r"\d+", "12\u{663}"), ["12"]);
        assert_eq!(finds(r"\s", "\u{b}\u{a0}\t"), ["\t"]);
        assert_eq!(finds(r"[[:word:]]+", "aé_1"), ["a", "_1"]);
        assert_eq!(finds(r"(?i)\w", "\u{212a}"), ["\u{212a}"]);
        assert_eq!(finds(r"[^\pL]+", "aé1-b"), ["1-"]);
        assert_eq!(finds(r"\p{Greek}", "aβ"), ["β"]);
        assert_eq!(finds(r"[a&&b]+", "a&b"), ["a&b"]);
        assert_eq!(finds(r"[\x{D7FF}-\x{E000}]", "a\u{e000}"), ["\u{e000}"]);
    }

    #[test]
    fn flags_last_as_long_as_their_group() {
        assert_eq!(finds(r"(a(?i)b)c", "aBC aBc"), ["aBc"]);
        assert_eq!(finds(r"(?U)a+", "aa"), ["a", "a"]);
        assert_eq!(finds(r"(?s:.)(?-s:.)", "\n\n\na"), ["\na"]);
        assert_eq!(finds(r"(?m)^a$", "a\nb\na"), ["a", "a"]);
        assert_eq!(finds(r"^a$", "a\n"), Vec::<String>::new());
    }

    #[test]
    fn literal_text_is_that_of_go() {
        assert_eq!(finds(r"a{,2}", "a{,2}"), ["a{,2}"]);
        assert_eq!(finds(r"\Q.*\E+", ".**"), [".**"]);
        assert_eq!(finds(r"\B", "aéb"), Vec::<String>::new());
        assert_eq!(finds(r"a*", "baa"), ["", "aa"]);
    }

    #[test]
    fn errors_are_those_of_go() {
        let errors = [
            ("a**", "invalid nested repetition operator: `**`"),
            ("*", "missing argument to repetition operator: `*`"),
            ("(a", "missing closing ): `(a`"),
            ("a)", "unexpected ): `a)`"),
            ("[a", "missing closing ]: `[a`"),
            ("[z-a]", "invalid character class range: `z-a`"),
            ("[[:nope:]]", "invalid character class range: `[:nope:]`"),
            (r"\p{Nope}", r"invalid character class range: `\p{Nope}`"),
            (r"\8", r"invalid escape sequence: `\8`"),
            ("a{1001}", "invalid repeat count: `{1001}`"),
            ("(?:a{40}){40}", "invalid repeat count: `{40}`"),
            ("(?=a)", "invalid or unsupported Perl syntax: `(?=`"),
            ("(?P<a-b>c)", "invalid named capture: `(?P<a-b>`"),
            ("\\", "trailing backslash at end of expression: ``"),
        ];
        for (source, error) in errors {
            assert_eq!(refused(source), format!("error parsing regexp: {error}"));
        }
        let nested = "(".repeat(2_000) + &")".repeat(2_000);
        assert!(refused(&nested).contains("expression nests too deeply"));
    }
}
