//! Semantic versions.

use std::cmp::Ordering;
use std::fmt::{self, Display};
use std::sync::Arc;

use super::{Cost, Overload};
use crate::cel::fault::Fault;
use crate::cel::go::{Quoted, parse_uint_or};
use crate::cel::types::{Opaque, Type as T};
use crate::cel::value::Value;

const SEMVER: T = T::Opaque(Opaque::Semver);
/// The compatibility version that added them.
const SINCE: u32 = 33;

/// A version: `1.2.3-rc.1+build`
#[derive(Clone, Debug)]
pub(crate) struct Version {
    numbers: [u64; 3],
    /// The pre-release identifiers.
    pre_release: Vec<Identifier>,
    build: Vec<String>,
}

/// Numbers are less than texts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Identifier {
    Number(u64),
    Text(String),
}

pub(super) fn overloads() -> Vec<Overload> {
    let number = |function, id, run| Overload::member(function, id, [SEMVER], T::Int, run);
    let overloads = vec![
        Overload::new(
            "semver",
            "string_to_semver",
            [T::String],
            SEMVER,
            try_run!(|String(text)| Version::parse(text)),
        )
        .costs(Cost::READ),
        Overload::new(
            "semver",
            "string_bool_to_semver",
            [T::String, T::Bool],
            SEMVER,
            try_run!(|String(text), Bool(normalize)| read(text, *normalize)),
        )
        .costs(Cost::READ),
        Overload::new(
            "isSemver",
            "is_semver_string",
            [T::String],
            T::Bool,
            run!(|String(text)| Version::parse(text).is_ok()),
        )
        .costs(Cost::READ),
        Overload::new(
            "isSemver",
            "is_semver_string_bool",
            [T::String, T::Bool],
            T::Bool,
            run!(|String(text), Bool(normalize)| read(text, *normalize).is_ok()),
        )
        .costs(Cost::READ),
        Overload::member(
            "isGreaterThan",
            "semver_is_greater_than",
            [SEMVER, SEMVER],
            T::Bool,
            run!(|Semver(a), Semver(b)| a.compare(b).is_gt()),
        ),
        Overload::member(
            "isLessThan",
            "semver_is_less_than",
            [SEMVER, SEMVER],
            T::Bool,
            run!(|Semver(a), Semver(b)| a.compare(b).is_lt()),
        ),
        Overload::member(
            "compareTo",
            "semver_compare_to",
            [SEMVER, SEMVER],
            T::Int,
            run!(|Semver(a), Semver(b)| a.compare(b) as i64),
        ),
        number(
            "major",
            "semver_major",
            run!(|Semver(version)| version.numbers[0].cast_signed()),
        ),
        number(
            "minor",
            "semver_minor",
            run!(|Semver(version)| version.numbers[1].cast_signed()),
        ),
        number(
            "patch",
            "semver_patch",
            run!(|Semver(version)| version.numbers[2].cast_signed()),
        ),
    ];
    overloads
        .into_iter()
        .map(|overload| overload.since(SINCE))
        .collect()
}

impl From<Version> for Value<'_> {
    fn from(version: Version) -> Self {
        Self::Semver(Arc::new(version))
    }
}

fn read(text: &str, normalize: bool) -> Result<Version, Fault> {
    if normalize {
        Version::parse(&normalized(text)?)
    } else {
        Version::parse(text)
    }
}

/// Removes a leading `v` and leading zeros, and adds missing numbers.
fn normalized(text: &str) -> Result<String, Fault> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let mut parts: Vec<_> = text.splitn(3, '.').map(without_zeros).collect();
    if parts.len() < 3 {
        if parts.last().is_some_and(|last| last.contains(['+', '-'])) {
            let reason = "short version cannot contain PreRelease/Build meta data";
            return Err(Fault::text(reason));
        }
        parts.resize(3, "0".to_owned());
    }
    Ok(parts.join("."))
}

fn without_zeros(part: &str) -> String {
    let bare = part.trim_start_matches('0');
    if part.len() <= 1 {
        part.to_owned()
    } else if bare.starts_with(|c: char| c.is_ascii_digit()) {
        bare.to_owned()
    } else {
        format!("0{bare}")
    }
}

impl Version {
    fn parse(text: &str) -> Result<Self, Fault> {
        if text.is_empty() {
            return Err(Fault::text("Version string empty"));
        }
        let parts: Vec<_> = text.splitn(3, '.').collect();
        let [major, minor, rest] = parts[..] else {
            return Err(Fault::text("No Major.Minor.Patch elements found"));
        };
        let (major, minor) = (
            number("Major", "major", major)?,
            number("Minor", "minor", minor)?,
        );
        let (rest, build) = match rest.split_once('+') {
            Some((rest, build)) => (rest, Some(build)),
            None => (rest, None),
        };
        let (patch, pre_release) = match rest.split_once('-') {
            Some((patch, pre_release)) => (patch, Some(pre_release)),
            None => (rest, None),
        };
        let patch = number("Patch", "patch", patch)?;
        let parts = |text: Option<&'_ str>| {
            text.map(|text| text.split('.').map(str::to_owned).collect::<Vec<_>>())
        };
        let pre_release = parts(pre_release).unwrap_or_default();
        let pre_release: Result<_, _> = pre_release.iter().map(|part| identifier(part)).collect();
        let (pre_release, build) = (pre_release?, parts(build).unwrap_or_default());
        build.iter().try_for_each(|part| check_build(part))?;
        Ok(Self {
            numbers: [major, minor, patch],
            pre_release,
            build,
        })
    }

    /// Build metadata is ignored.
    pub(crate) fn compare(&self, other: &Self) -> Ordering {
        let numbers = self.numbers.cmp(&other.numbers);
        let is_final = self
            .pre_release
            .is_empty()
            .cmp(&other.pre_release.is_empty());
        let pre_release = self.pre_release.cmp(&other.pre_release);
        numbers.then(is_final).then(pre_release)
    }
}

fn is_numeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn has_leading_zero(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0')
}

fn number(title: &str, name: &str, text: &str) -> Result<u64, Fault> {
    let quoted = Quoted(text);
    if !is_numeric(text) {
        let fault = format!("Invalid character(s) found in {name} number {quoted}");
        return Err(Fault::text(fault));
    }
    if has_leading_zero(text) {
        let fault = format!("{title} number must not contain leading zeroes {quoted}");
        return Err(Fault::text(fault));
    }
    parse_uint_or(text)
}

fn identifier(text: &str) -> Result<Identifier, Fault> {
    if text.is_empty() {
        return Err(Fault::text("Prerelease is empty"));
    }
    if is_numeric(text) {
        if has_leading_zero(text) {
            let quoted = Quoted(text);
            let fault =
                format!("Numeric PreRelease version must not contain leading zeroes {quoted}");
            return Err(Fault::text(fault));
        }
        return parse_uint_or(text).map(Identifier::Number);
    }
    if !is_alphanumeric(text) {
        let fault = format!("Invalid character(s) found in prerelease {}", Quoted(text));
        return Err(Fault::text(fault));
    }
    Ok(Identifier::Text(text.to_owned()))
}

fn check_build(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(Fault::text("Build meta data is empty"));
    }
    if !is_alphanumeric(text) {
        let quoted = Quoted(text);
        let fault = format!("Invalid character(s) found in build meta data {quoted}");
        return Err(Fault::text(fault));
    }
    Ok(())
}

impl Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.numbers;
        write!(f, "{major}.{minor}.{patch}")?;
        for (i, part) in self.pre_release.iter().enumerate() {
            write!(f, "{}{part}", if i == 0 { '-' } else { '.' })?;
        }
        for (i, part) in self.build.iter().enumerate() {
            write!(f, "{}{part}", if i == 0 { '+' } else { '.' })?;
        }
        Ok(())
    }
}

impl Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}
