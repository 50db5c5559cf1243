//! The contents of a configuration file.

use feast_api::{Release, UnknownRelease};
use feast_lint::{Level, Options};
use go_yaml::{Duplicates, Position, Spans};
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use crate::explain::similar;

/// The contents of a configuration file.
#[derive(Debug)]
pub(crate) struct File {
    pub(crate) lints: feast_lint::Config,
    /// Whether its options set a Kubernetes release.
    pub(crate) names_kubernetes: bool,
    /// Patterns of excluded files, as in `.gitignore`.
    pub(crate) exclude: Gitignore,
    /// The Feast release to validate with.
    pub(crate) release: Option<Release>,
}

impl Default for File {
    fn default() -> Self {
        Self {
            lints: feast_lint::Config::default(),
            names_kubernetes: false,
            exclude: Gitignore::empty(),
            release: None,
        }
    }
}

/// An error in a configuration file, with its position.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) position: Position,
    pub(crate) message: String,
}

type Result<T> = std::result::Result<T, Fault>;

/// Reads a configuration file. An empty one changes nothing.
pub(crate) fn read(text: &str) -> Result<File> {
    let documents = go_yaml::documents(text, Duplicates::Refused);
    let mut documents = documents.into_iter();
    let Some(document) = documents.next() else {
        return Ok(File::default());
    };
    let json = document.json.map_err(|error| Fault {
        position: error.position,
        message: error.fault.to_string(),
    })?;
    let start = |line| Position { line, column: 1 };
    if let Some(second) = documents.next() {
        return Err(Fault {
            position: start(second.line),
            message: "a configuration has one document; this is the second".to_owned(),
        });
    }
    let source = text.get(document.source).unwrap_or_default();
    let root = Node {
        value: &serde_json::from_str(&json).unwrap_or_default(),
        pointer: String::new(),
        spans: &Spans::of(source, start(document.line)),
    };
    file(&root)
}

fn file(root: &Node<'_>) -> Result<File> {
    let mut file = File::default();
    for (name, value) in root.fields()? {
        match name {
            "lints" => levels(&value, &mut file.lints)?,
            "options" => {
                options(&value, &mut file.lints.options)?;
                let mut names = value.fields()?.into_iter();
                file.names_kubernetes = names.any(|(name, _)| name == "kubernetes");
            }
            "exclude" => file.exclude = patterns(&value)?,
            "release" => file.release = Some(release(&value)?),
            _ => {
                let known = ["lints", "options", "exclude", "release"];
                return Err(value.unknown("setting", name, known));
            }
        }
    }
    Ok(file)
}

fn levels(node: &Node<'_>, config: &mut feast_lint::Config) -> Result<()> {
    for (name, level) in node.fields()? {
        if !feast_lint::names().any(|known| known == name) {
            return Err(level.unknown("lint or group", name, feast_lint::names()));
        }
        let parsed = level.value.as_str().and_then(|text| text.parse().ok());
        let parsed: Level = parsed.ok_or_else(|| level.unfit("allow, warn or deny"))?;
        config.lints.insert(name.to_owned(), parsed);
    }
    Ok(())
}

/// The options of `feast-lint`; their defaults show the format.
fn options(node: &Node<'_>, options: &mut Options) -> Result<()> {
    let defaults = json!(Options::default());
    let known = || defaults.as_object().into_iter().flat_map(Map::keys);
    let mut chosen = defaults.clone();
    for (name, value) in node.fields()? {
        let Some(default) = defaults.get(name) else {
            return Err(value.unknown("option", name, known().map(String::as_str)));
        };
        chosen[name] = value.value.clone();
        *options = Options::deserialize(&chosen)
            .map_err(|_| value.unfit(&format!("a value such as {default}")))?;
    }
    Ok(())
}

fn patterns(node: &Node<'_>) -> Result<Gitignore> {
    let mut patterns = GitignoreBuilder::new("");
    for pattern in node.items()? {
        let text = pattern.value.as_str();
        let text = text.ok_or_else(|| pattern.unfit("a pattern as in .gitignore"))?;
        patterns.add_line(None, text).map_err(|error| {
            let reason = match error {
                ignore::Error::Glob { err, .. } => err,
                error => error.to_string(),
            };
            pattern.fault(format!("not a pattern: {reason}"))
        })?;
    }
    patterns
        .build()
        .map_err(|error| node.fault(error.to_string()))
}

fn release(node: &Node<'_>) -> Result<Release> {
    // As a number, 0.60 would be 0.6.
    let text = node.value.as_str();
    let text = text.ok_or_else(|| node.unfit("a release in quotes, such as \"0.66\""))?;
    text.parse()
        .map_err(|error: UnknownRelease| node.fault(error.to_string()))
}

/// A part of the file.
struct Node<'f> {
    value: &'f Value,
    pointer: String,
    spans: &'f Spans,
}

impl<'f> Node<'f> {
    fn child(&self, name: &str, value: &'f Value) -> Self {
        let name = name.replace('~', "~0").replace('/', "~1");
        Self {
            value,
            pointer: format!("{}/{name}", self.pointer),
            spans: self.spans,
        }
    }

    /// Its fields; null has none.
    fn fields(&self) -> Result<Vec<(&'f str, Self)>> {
        match self.value {
            Value::Null => Ok(vec![]),
            Value::Object(fields) => {
                let fields = fields.iter();
                let field = |(name, value): (&'f String, _)| (&**name, self.child(name, value));
                Ok(fields.map(field).collect())
            }
            _ => Err(self.unfit("a mapping")),
        }
    }

    /// Its items; null has none.
    fn items(&self) -> Result<Vec<Self>> {
        match self.value {
            Value::Null => Ok(vec![]),
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let item = |(index, value): (usize, _)| self.child(&index.to_string(), value);
                Ok(items.map(item).collect())
            }
            _ => Err(self.unfit("a list")),
        }
    }

    /// An error about it.
    fn fault(&self, message: String) -> Fault {
        Fault {
            position: self.spans.pointer(&self.pointer).value.start,
            message,
        }
    }

    /// It has the wrong type.
    fn unfit(&self, expected: &str) -> Fault {
        let found = match self.value {
            Value::Object(_) => "a mapping".to_owned(),
            Value::Array(_) => "a list".to_owned(),
            // A file that is not a configuration may contain anything, and may be a link, so its
            // text is not shown.
            _ if self.pointer.is_empty() => "a text".to_owned(),
            value => value.to_string(),
        };
        self.fault(format!("expected {expected}, found {found}"))
    }

    /// Its name is unknown.
    fn unknown<'n>(
        &self,
        what: &str,
        name: &str,
        known: impl IntoIterator<Item = &'n str>,
    ) -> Fault {
        let place = self.spans.pointer(&self.pointer);
        let hint = similar(name, known.into_iter());
        Fault {
            position: place.key.as_ref().unwrap_or(&place.value).start,
            message: format!("unknown {what} `{name}`{hint}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_have_a_position() {
        for (text, line, column, message) in [
            (
                "lints: [",
                1,
                8,
                "not YAML: did not find expected node content",
            ),
            (
                "a: 1\na: 2\n",
                2,
                1,
                "not YAML: mapping key already defined at line 1",
            ),
            ("- a\n", 1, 1, "expected a mapping, found a list"),
            ("hunter2\n", 1, 1, "expected a mapping, found a text"),
            (
                "{}\n---\nlints: {}\n",
                3,
                1,
                "a configuration has one document; this is the second",
            ),
            (
                "\nlint:\n  all: deny\n",
                2,
                1,
                "unknown setting `lint`: did you mean `lints`?",
            ),
            (
                "lints:\n  hpa-minimum-one: deny\n",
                2,
                3,
                "unknown lint or group `hpa-minimum-one`: did you mean `hpa-minimum-of-one`?",
            ),
            (
                "lints:\n  all: error\n",
                2,
                8,
                "expected allow, warn or deny, found \"error\"",
            ),
            (
                "lints: {all: off}\n",
                1,
                14,
                "expected allow, warn or deny, found false",
            ),
            (
                "options:\n  database: 1\n",
                2,
                3,
                "unknown option `database`: did you mean `databaseConnections`?",
            ),
            (
                "options: {databaseConnections: many}\n",
                1,
                32,
                "expected a value such as 100, found \"many\"",
            ),
            (
                "options:\n  kubernetes: 1.35\n",
                2,
                15,
                "expected a value such as \"1.35\", found 1.35",
            ),
            (
                "exclude: a.yaml\n",
                1,
                10,
                "expected a list, found \"a.yaml\"",
            ),
            (
                "exclude:\n- a\n- '[z-a]'\n",
                3,
                3,
                "not a pattern: invalid range; 'z' > 'a'",
            ),
            (
                "release: 0.60\n",
                1,
                10,
                "expected a release in quotes, such as \"0.66\", found 0.6",
            ),
            (
                "release: 1.0.0\n",
                1,
                10,
                "unknown release \"1.0.0\" of Feast's operator: use 0.42.0 to 0.66.0, or main",
            ),
            (
                "exclude: [1]\n",
                1,
                11,
                "expected a pattern as in .gitignore, found 1",
            ),
        ] {
            let fault = read(text).unwrap_err();
            let found = (fault.position.line, fault.position.column, &*fault.message);
            assert_eq!(found, (line, column, message), "{text}");
        }
    }

    #[test]
    fn empty_files_change_nothing() {
        for text in ["", "# nothing\n", "lints:\noptions:\nexclude:\n", "{}"] {
            assert_eq!(
                read(text).unwrap().lints,
                feast_lint::Config::default(),
                "{text}"
            );
        }
    }

    #[test]
    fn levels_options_and_patterns_are_read() {
        let text = "lints: {all: allow, security: deny}\noptions: {databaseConnections: 7, kubernetes: v1.33}\nexclude: [vendor/]\nrelease: v0.63.0\n";
        let file = read(text).unwrap();
        assert_eq!(file.release, Some(Release::V0_63));
        let level = |name| file.lints.level(feast_lint::find(name).unwrap());
        assert_eq!(level("no-authorization"), Level::Deny);
        assert_eq!(level("hpa-minimum-of-one"), Level::Allow);
        let Options {
            database_connections,
            kubernetes,
        } = file.lints.options;
        assert_eq!(
            (database_connections, kubernetes.to_string()),
            (7, "1.33".to_owned())
        );
        let excluded = |path: &str| {
            file.exclude
                .matched_path_or_any_parents(path, false)
                .is_ignore()
        };
        assert!(excluded("a/vendor/b.yaml") && !excluded("a/vendor.yaml"));
    }
}
