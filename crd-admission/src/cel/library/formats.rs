//! Named formats.

use std::sync::LazyLock;

use apimachinery::names;

use super::{Cost, Overload, urls};
use crate::cel::fault::Fault;
use crate::cel::types::{Opaque, Type as T};
use crate::cel::value::Value;
use crate::moment::is_date;
use crate::regexp::Regex;

const FORMAT: T = T::Opaque(Opaque::Format);
/// The compatibility version that added them.
const SINCE: u32 = 31;

/// A named format.
#[derive(Debug)]
pub(crate) struct NamedFormat {
    /// The name, which identifies it.
    pub(crate) name: &'static str,
    /// The errors of a text.
    validate: fn(&str) -> Vec<String>,
    /// The length of the regular expression that a check is charged for.
    pub(super) regex_size: u64,
}

/// Declares the formats: the name of the function, the name of the format, the length of its
/// regular expression, and the check.
macro_rules! formats {
    ($($function:literal, $name:literal, $size:literal, $validate:expr;)*) => {
        /// The formats, by function name.
        static FORMATS: &[(&str, NamedFormat)] = &[$(
            ($function, NamedFormat {
                name: $name,
                validate: $validate,
                regex_size: $size,
            }),
        )*];

        fn functions() -> Vec<Overload> {
            vec![$(
                Overload::new(
                    concat!("format.", $function),
                    concat!("format.", $function),
                    [],
                    FORMAT,
                    |_| named($function).map(Value::Format).ok_or(Fault::NoSuchOverload),
                ),
            )*]
        }
    };
}

formats! {
    "dns1123Label", "DNS1123Label", 30, |text| texts(&names::dns_label(text));
    "dns1123Subdomain", "DNS1123Subdomain", 60, |text| texts(&names::dns_subdomain(text));
    "dns1035Label", "DNS1035Label", 30, |text| texts(&names::dns_1035_label(text));
    "qualifiedName", "QualifiedName", 60, |text| texts(&names::qualified_name(text));
    "dns1123LabelPrefix", "DNS1123LabelPrefix", 30, |text| {
        texts(&names::dns_label(&names::mask_trailing_dash(text)))
    };
    "dns1123SubdomainPrefix", "DNS1123SubdomainPrefix", 60, |text| {
        texts(&names::dns_subdomain(&names::mask_trailing_dash(text)))
    };
    "dns1035LabelPrefix", "DNS1035LabelPrefix", 30, |text| {
        texts(&names::dns_1035_label(&names::mask_trailing_dash(text)))
    };
    "labelValue", "LabelValue", 40, |text| texts(&names::label_value(text));
    "uri", "URI", 1103, |text| urls::check_request(text).err().into_iter().collect();
    "uuid", "uuid", 70, |text| matched(UUID.as_ref(), text, "does not match the UUID format");
    "byte", "byte", 84, |text| matched(BASE64.as_ref(), text, "invalid base64");
    "date", "date", 71, |text| unless(is_date(text), "invalid date");
    "datetime", "datetime", 71, |text| unless(is_date_time(text), "invalid datetime");
}

pub(super) fn overloads() -> Vec<Overload> {
    let mut overloads = vec![
        Overload::member(
            "validate",
            "format-validate",
            [FORMAT, T::String],
            T::optional(T::list(T::String)),
            run!(|Format(format), String(text)| validated(format, text)),
        )
        .costs(Cost::VALIDATE),
        Overload::new(
            "format.named",
            "format-named",
            [T::String],
            T::optional(FORMAT),
            run!(|String(name)| optional(named(name).map(Value::Format))),
        ),
    ];
    overloads.extend(functions());
    overloads
        .into_iter()
        .map(|overload| overload.since(SINCE))
        .collect()
}

fn named(name: &str) -> Option<&'static NamedFormat> {
    let (_, format) = FORMATS.iter().find(|(function, _)| *function == name)?;
    Some(format)
}

fn optional(value: Option<Value<'_>>) -> Value<'_> {
    value.map_or(Value::Optional(None), Value::some)
}

/// The errors of a text; `optional.none()` if there are none.
fn validated<'a>(format: &NamedFormat, text: &str) -> Value<'a> {
    let faults = (format.validate)(text);
    optional((!faults.is_empty()).then(|| faults.into()))
}

fn texts(faults: &[names::Fault]) -> Vec<String> {
    faults.iter().map(ToString::to_string).collect()
}

fn unless(is_valid: bool, fault: &str) -> Vec<String> {
    if is_valid {
        Vec::new()
    } else {
        vec![fault.to_owned()]
    }
}

static UUID: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$").ok()
});

static BASE64: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$")
        .ok()
});

/// The part after the `t`.
static CLOCK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new("^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$")
        .ok()
});

fn is_match(regex: Option<&Regex>, text: &str) -> bool {
    regex.is_some_and(|regex| regex.is_match(text))
}

fn matched(regex: Option<&Regex>, text: &str, fault: &str) -> Vec<String> {
    unless(is_match(regex, text), fault)
}

fn is_date_time(text: &str) -> bool {
    let text = text.to_lowercase();
    let mut parts = text.split('t');
    let is_dated = parts.next().is_some_and(is_date);
    is_dated
        && parts
            .next()
            .is_some_and(|clock| is_match(CLOCK.as_ref(), clock))
}
