//! The parameters of stores in the configuration classes of Feast's SDK, release 0.66.0.
//!
//! `fields.txt` has a line for each class, with its block, its type, and whether it rejects unknown
//! parameters, followed by a line for each parameter, with its type and whether it is required.

mod packages;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

pub(crate) use packages::lacking_extra;

const FIELDS: &str = include_str!("fields.txt");

/// The classes by block and type, parsed on first use.
static CLASSES: LazyLock<BTreeMap<&str, BTreeMap<&str, Class>>> = LazyLock::new(|| {
    let mut classes = BTreeMap::<_, BTreeMap<_, _>>::new();
    let mut lines = FIELDS.lines().peekable();
    while let Some(head) = lines.next() {
        let mut words = head.split(' ');
        let (Some(block), Some(kind)) = (words.next(), words.next()) else {
            continue;
        };
        let mut class = Class {
            is_closed: words.next() == Some("forbid"),
            fields: Vec::new(),
        };
        while let Some(line) = lines.next_if(|line| line.starts_with('\t')) {
            class.fields.extend(Field::read(line.trim_start()));
        }
        classes.entry(block).or_default().insert(kind, class);
    }
    classes
});

/// The parameters of a store type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Class {
    /// Whether unknown parameters are rejected.
    pub(crate) is_closed: bool,
    pub(crate) fields: Vec<Field>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    kind: &'static str,
    pub(crate) is_required: bool,
}

impl Class {
    /// The class of a block of `feature_store.yaml`, such as `online_store`, and a type.
    pub(crate) fn find(block: &str, kind: &str) -> Option<&'static Self> {
        CLASSES.get(block)?.get(kind)
    }

    /// The most similar parameter to a name, if any is close.
    pub(crate) fn nearest(&self, name: &str) -> Option<&'static str> {
        let likeness = |field: &Field| strsim::jaro_winkler(field.name, name);
        let nearest = self
            .fields
            .iter()
            .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
        (likeness(nearest) > 0.8).then_some(nearest.name)
    }

    pub(crate) fn field(&self, name: &str) -> Option<Field> {
        self.fields.iter().copied().find(|field| field.name == name)
    }
}

/// Whether the SDK has a batch engine of this type. A custom class is given by its module path, and
/// its name ends in `Engine`.
pub(crate) fn is_engine(kind: &str) -> bool {
    Class::find("batch_engine", kind).is_some() || (kind.contains('.') && kind.ends_with("Engine"))
}

/// The types of a block.
pub(crate) fn types(block: &str) -> impl Iterator<Item = &'static str> {
    CLASSES
        .get(block)
        .into_iter()
        .flat_map(BTreeMap::keys)
        .copied()
}

/// Block and type of every class.
#[cfg(test)]
fn classes() -> Vec<(&'static str, &'static str)> {
    let blocks = CLASSES.iter();
    let classes = blocks.flat_map(|(block, types)| types.keys().map(|kind| (*block, *kind)));
    classes.collect()
}

/// Whether any store or batch engine of Feast's SDK has a parameter with this name. Other names are
/// not shown, because a malformed Secret may contain anything.
///
/// ```
/// assert!(feast_lint::is_parameter("connection_string"));
/// assert!(!feast_lint::is_parameter("hunter2"));
/// ```
pub fn is_parameter(name: &str) -> bool {
    let mut classes = CLASSES.values().flat_map(BTreeMap::values);
    classes.any(|class| class.field(name).is_some())
}

impl Field {
    fn read(line: &'static str) -> Option<Self> {
        let mut words = line.split(' ');
        Some(Self {
            name: words.next()?,
            kind: words.next()?,
            is_required: words.next() == Some("required"),
        })
    }

    /// The expected type, if the SDK rejects the value. A string with a variable may expand to
    /// anything.
    pub(crate) fn fault(self, value: &Value) -> Option<String> {
        let kind = match self.kind.strip_suffix('?') {
            Some(kind) => kind,
            None if value.is_null() => return Some(format!("must be {}", wanted(self.kind))),
            None => self.kind,
        };
        let has_variable = value.as_str().is_some_and(|text| text.contains('$'));
        let is_good = value.is_null() || has_variable || is_kind(kind, value);
        (!is_good).then(|| format!("must be {}", wanted(kind)))
    }
}

fn is_kind(kind: &str, value: &Value) -> bool {
    let text = value.as_str();
    match kind {
        "str" => value.is_string(),
        "strict-int" => value.is_i64() || value.is_u64(),
        "int" => is_whole(value) || value.is_boolean() || text.is_some_and(is_integer),
        "float" => {
            let is_float = |text: &str| text.trim().parse::<f64>().is_ok();
            value.is_number() || value.is_boolean() || text.is_some_and(is_float)
        }
        "bool" => value.is_boolean() || is_bit(value) || text.is_some_and(is_switch),
        "map" => value.is_object(),
        "list" => value.is_array(),
        _ => match kind.strip_prefix('=') {
            Some(values) => text.is_some_and(|text| values.split(',').any(|value| value == text)),
            None => true,
        },
    }
}

fn is_whole(value: &Value) -> bool {
    value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn is_bit(value: &Value) -> bool {
    matches!(value.as_f64(), Some(number) if number == 0.0 || (number - 1.0).abs() < f64::EPSILON)
}

fn is_integer(text: &str) -> bool {
    text.trim().parse::<i128>().is_ok()
}

/// The strings that pydantic parses as booleans.
fn is_switch(text: &str) -> bool {
    const SWITCHES: [&str; 12] = [
        "true", "t", "yes", "y", "on", "1", "false", "f", "no", "n", "off", "0",
    ];
    SWITCHES.contains(&text.to_lowercase().as_str())
}

fn wanted(kind: &str) -> String {
    match kind {
        "str" => "a string".to_owned(),
        "int" | "strict-int" => "an integer".to_owned(),
        "float" => "a number".to_owned(),
        "bool" => "true or false".to_owned(),
        "map" => "a mapping".to_owned(),
        "list" => "a list".to_owned(),
        _ => match kind.strip_prefix('=') {
            Some(values) => format!("one of {}", values.replace(',', ", ")),
            None => "a value".to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use serde_json::json;

    use super::*;

    #[test]
    fn classes_have_their_fields() {
        let postgres = Class::find("online_store", "postgres").expect("a class");
        assert!(postgres.is_closed);
        assert_eq!(postgres.field("host").map(|field| field.kind), Some("str"));
        assert!(!Class::find("registry", "sql").expect("a class").is_closed);
        assert_eq!(Class::find("online_store", "post"), None);
        assert_eq!(CLASSES.values().map(BTreeMap::len).sum::<usize>(), 50);
    }

    /// The release's configuration classes, in the format of `fields.txt`.
    #[test]
    fn classes_match_the_sdk() {
        let Some(file) = test_support::published("feast-sdk-config.json") else {
            return;
        };
        let published: Value = serde_json::from_str(&test_support::text(&file)).expect("JSON");
        let mut found = String::new();
        let blocks = published.as_object().expect("blocks");
        for (block, classes) in blocks.iter().filter(|(block, _)| *block != "sdk") {
            for (kind, class) in classes.as_object().expect("classes") {
                let others = class["extra"].as_str().expect("a word");
                let _ = writeln!(found, "{block} {kind} {others}");
                let fields = class["fields"].as_object().expect("fields");
                // The discriminator is not a parameter.
                let fields = fields
                    .iter()
                    .filter(|(name, _)| !["type", "registry_type"].contains(&name.as_str()));
                for (name, field) in fields {
                    let kind = kind_of(field["type"].as_str().expect("a type"));
                    let required = if field["required"] == true {
                        " required"
                    } else {
                        ""
                    };
                    let _ = writeln!(found, "\t{name} {kind}{required}");
                }
            }
        }
        let sorted = |text: &str| {
            let mut classes: Vec<_> = text
                .replace("\n\t", "\t")
                .lines()
                .map(str::to_owned)
                .collect();
            classes.sort();
            classes
        };
        assert_eq!(sorted(&found), sorted(FIELDS));
    }

    /// A Python type, in the format of `fields.txt`.
    fn kind_of(python: &str) -> String {
        let within = |head: &str| python.strip_prefix(head)?.strip_suffix(']');
        if let Some(inner) = within("Optional[").or_else(|| python.strip_suffix(" | None")) {
            return format!("{}?", kind_of(inner));
        }
        if let Some(inner) = within("Annotated[") {
            let (inner, rest) = inner.split_once(", ").expect("what it is annotated with");
            // Strict types only accept whole numbers.
            let is_strict = inner == "int" && rest.contains("Strict");
            return if is_strict {
                "strict-int".to_owned()
            } else {
                kind_of(inner)
            };
        }
        if let Some(words) = within("Literal[") {
            return format!("={}", words.replace(['\'', ' '], ""));
        }
        let name = python.split('[').next().unwrap_or_default();
        let kind = match name {
            "bool" | "float" | "int" | "str" => name,
            "bytes" | "pydantic.types.SecretStr" => "str",
            "Dict" | "dict" => "map",
            "List" => "list",
            "Union" if python == "Union[int, float]" => "float",
            _ => "any",
        };
        kind.to_owned()
    }

    #[test]
    fn values_are_parsed_as_by_pydantic() {
        let field = |kind| Field {
            name: "x",
            kind,
            is_required: false,
        };
        for (kind, value) in [
            ("str", json!("a")),
            ("str?", json!(null)),
            ("int", json!("5")),
            ("int", json!(5.0)),
            ("int", json!("${PORT}")),
            ("bool", json!("yes")),
            ("bool", json!(1)),
            ("float", json!("1.5")),
            ("=a,b", json!("b")),
            ("any", json!([])),
        ] {
            assert_eq!(field(kind).fault(&value), None, "{kind} {value}");
        }
        for (kind, value) in [
            ("str", json!(5)),
            ("str", json!(null)),
            ("int", json!("x")),
            ("int", json!(1.5)),
            ("strict-int", json!("5")),
            ("bool", json!(2)),
            ("map?", json!([])),
            ("list", json!("a")),
            ("=a,b", json!("c")),
        ] {
            assert!(field(kind).fault(&value).is_some(), "{kind} {value}");
        }
    }
}
