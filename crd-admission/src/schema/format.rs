//! `format`, as leniently as the API server checks it.
//!
//! The server knows the formats of go-openapi's `strfmt`, ignores dashes in their names, and
//! ignores all other formats.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use apimachinery::Release;

use super::duration::duration;
use super::{date_time, email, hostname, uri};
use crate::moment::is_date;

/// A format, and its spelling in the schema.
#[derive(Clone, Debug)]
pub struct Format {
    /// The name, as in the schema.
    pub name: Cow<'static, str>,
    /// The format to check.
    pub named: Named,
}

/// The formats that API servers check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names say it")]
pub enum Named {
    BsonObjectId,
    Byte,
    Cidr,
    CreditCard,
    Date,
    DateTime,
    Duration,
    Email,
    HexColor,
    Hostname,
    Ipv4,
    Ipv6,
    Isbn,
    Isbn10,
    Isbn13,
    LongName,
    Mac,
    /// Any other format: it admits every string.
    Other,
    Password,
    RgbColor,
    ShortName,
    Ssn,
    Uri,
    Uuid,
    Uuid3,
    Uuid4,
    Uuid5,
}

impl Format {
    /// The format `name`, if API servers of this release check it.
    pub(super) fn find(name: &str, release: Release) -> Option<Self> {
        let named = match name.replace('-', "").as_str() {
            "bsonobjectid" => Named::BsonObjectId,
            "byte" => Named::Byte,
            "cidr" => Named::Cidr,
            "creditcard" => Named::CreditCard,
            "date" => Named::Date,
            "datetime" => Named::DateTime,
            "duration" => Named::Duration,
            "email" => Named::Email,
            "hexcolor" => Named::HexColor,
            "hostname" => Named::Hostname,
            "ipv4" => Named::Ipv4,
            "ipv6" => Named::Ipv6,
            "isbn" => Named::Isbn,
            "isbn10" => Named::Isbn10,
            "isbn13" => Named::Isbn13,
            "mac" => Named::Mac,
            "password" => Named::Password,
            "rgbcolor" => Named::RgbColor,
            "ssn" => Named::Ssn,
            "uri" => Named::Uri,
            "uuid" => Named::Uuid,
            "uuid3" => Named::Uuid3,
            "uuid4" => Named::Uuid4,
            "uuid5" => Named::Uuid5,
            // Known since 1.34, and used since 1.35.
            "k8slongname" if release >= Release::V1_35 => Named::LongName,
            "k8sshortname" if release >= Release::V1_35 => Named::ShortName,
            _ => return None,
        };
        let name = name.to_owned().into();
        Some(Self { name, named })
    }
}

impl Format {
    /// The format `name`, whether or not API servers check it.
    pub(super) fn any(name: &str) -> Option<Self> {
        let other = || Self {
            name: name.to_owned().into(),
            named: Named::Other,
        };
        let known = Self::find(name, Release::LATEST).unwrap_or_else(other);
        (!name.is_empty()).then_some(known)
    }
}

impl Named {
    /// Whether a text has the format.
    pub(super) fn admits(self, text: &str) -> bool {
        match self {
            Self::BsonObjectId => text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit()),
            Self::Byte => is_base64(text),
            Self::Cidr => is_cidr(text),
            Self::CreditCard => is_credit_card(text),
            Self::Date => is_date(text),
            Self::DateTime => date_time::is_date_time(text),
            Self::Duration => duration(text).is_some(),
            Self::Email => email::is_email(text),
            Self::HexColor => is_hex_color(text),
            Self::Hostname => hostname::is_hostname(text),
            Self::Ipv4 => text.contains('.') && is_ip(text),
            Self::Ipv6 => text.contains(':') && is_strict_ip(text),
            Self::Isbn => is_isbn10(text) || is_isbn13(text),
            Self::Isbn10 => is_isbn10(text),
            Self::Isbn13 => is_isbn13(text),
            Self::LongName => text.len() <= 253 && text.split('.').all(is_short_name),
            Self::Mac => is_mac(text),
            Self::Other | Self::Password => true,
            Self::RgbColor => is_rgb_color(text),
            Self::ShortName => text.len() <= 63 && is_short_name(text),
            Self::Ssn => is_ssn(text),
            Self::Uri => uri::is_request_uri(text),
            Self::Uuid => is_uuid(text, None),
            Self::Uuid3 => is_uuid(text, Some('3')),
            Self::Uuid4 => is_uuid(text, Some('4')),
            Self::Uuid5 => is_uuid(text, Some('5')),
        }
    }
}

/// `([A-Za-z0-9+/]{4})*` and one more group, which may be padded; never empty.
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let is_digit = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    !digits.is_empty()
        && text.len().is_multiple_of(4)
        && padding <= 2
        && digits.bytes().all(is_digit)
}

/// An IPv4 or IPv6 address; leading zeros in IPv4 are allowed.
fn is_ip(text: &str) -> bool {
    if text.contains(':') {
        return is_ipv6(text);
    }
    let mut parts = 0;
    text.split('.').all(|part| {
        parts += 1;
        let digits = part.trim_start_matches('0');
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_digit())
            && digits.len() <= 3
            && (digits.is_empty() || digits.parse::<u16>().is_ok_and(|number| number <= 255))
    }) && parts == 4
}

/// An IPv4 or IPv6 address, as current Go parses it.
fn is_strict_ip(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok() || text.parse::<Ipv6Addr>().is_ok()
}

/// An IPv6 address; its last four bytes may be IPv4 with leading zeros.
fn is_ipv6(text: &str) -> bool {
    let Some((head, tail)) = text.rsplit_once(':').filter(|(_, tail)| tail.contains('.')) else {
        return text.parse::<Ipv6Addr>().is_ok();
    };
    is_ip(tail) && format!("{head}:0:0").parse::<Ipv6Addr>().is_ok()
}

fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else {
        return false;
    };
    let most = if address.contains(':') { 128 } else { 32 };
    let is_number = !length.is_empty() && length.bytes().all(|b| b.is_ascii_digit());
    is_ip(address) && is_number && length.parse::<u32>().is_ok_and(|length| length <= most)
}

/// A card number of a known kind with a valid check digit; non-digits are ignored.
fn is_credit_card(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| {
            let digit = u32::from(digit - b'0');
            match digit * 2 {
                _ if at % 2 == 0 => digit,
                doubled if doubled > 9 => doubled - 9,
                doubled => doubled,
            }
        })
        .sum();
    sum.is_multiple_of(10) && is_card_number(&digits)
}

fn is_card_number(digits: &[u8]) -> bool {
    let length = digits.len();
    match digits {
        [b'4', ..] => length == 13 || length == 16,
        [b'5', b'1'..=b'5', ..]
        | [b'6', b'0', b'1', b'1', ..]
        | [b'6', b'5', _, _, ..]
        | [b'3', b'5', _, _, _, ..] => length == 16,
        [b'3', b'4' | b'7', ..] | [b'2', b'1', b'3', b'1', ..] | [b'1', b'8', b'0', b'0', ..] => {
            length == 15
        }
        [b'3', b'0', b'0'..=b'5', ..] | [b'3', b'6' | b'8', ..] => length == 14,
        _ => false,
    }
}

fn is_hex_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or(text);
    matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_rgb_color(text: &str) -> bool {
    let space = ['\t', '\n', '\u{c}', '\r', ' '];
    let numbers = text
        .strip_prefix("rgb(")
        .and_then(|rest| rest.strip_suffix(')'));
    let is_part = |part: &str| {
        let number = part.trim_matches(space);
        let is_plain = number == "0" || !number.starts_with('0');
        is_plain
            && (1..=3).contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit())
            && number.parse::<u16>().is_ok_and(|number| number <= 255)
    };
    numbers
        .is_some_and(|numbers| numbers.split(',').count() == 3 && numbers.split(',').all(is_part))
}

fn is_isbn10(text: &str) -> bool {
    let digits = without_separators(text);
    let [leading @ .., check] = digits.as_slice() else {
        return false;
    };
    if leading.len() != 9 || !leading.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let check = match check {
        b'X' => 10,
        b'0'..=b'9' => u32::from(check - b'0'),
        _ => return false,
    };
    let weighted = (1..)
        .zip(leading)
        .map(|(weight, digit)| weight * u32::from(digit - b'0'));
    (weighted.sum::<u32>() + 10 * check).is_multiple_of(11)
}

fn is_isbn13(text: &str) -> bool {
    let digits = without_separators(text);
    if digits.len() != 13 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let weights = [1, 3].into_iter().cycle();
    let weighted = weights
        .zip(&digits)
        .map(|(weight, digit)| weight * u32::from(digit - b'0'));
    weighted.sum::<u32>().is_multiple_of(10)
}

fn without_separators(text: &str) -> Vec<u8> {
    let is_separator = |b: &u8| matches!(b, b'-' | b'\t' | b'\n' | 0xc | b'\r' | b' ');
    text.bytes().filter(|b| !is_separator(b)).collect()
}

/// `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
fn is_short_name(text: &str) -> bool {
    let is_end = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = text.as_bytes();
    bytes.first().is_some_and(is_end)
        && bytes.last().is_some_and(is_end)
        && bytes.iter().all(|b| is_end(b) || *b == b'-')
}

/// Six, eight or twenty bytes as Go's `net.ParseMAC` reads them: pairs of hexadecimal digits with
/// colons or dashes, or four digits with dots.
fn is_mac(text: &str) -> bool {
    let separated = |separator: char, digits: usize| {
        let is_group =
            |group: &str| group.len() == digits && group.bytes().all(|b| b.is_ascii_hexdigit());
        let count = text.split(separator).count();
        matches!(count * digits, 12 | 16 | 40) && text.split(separator).all(is_group)
    };
    separated(':', 2) || separated('-', 2) || separated('.', 4)
}

/// `^\d{3}[- ]?\d{2}[- ]?\d{4}$`, eleven characters long.
fn is_ssn(text: &str) -> bool {
    let is_digit = |b: &u8| b.is_ascii_digit();
    matches!(text.as_bytes(), [a @ .., _, _, _, _, _, _, _, _] if a.len() == 3 && a.iter().all(is_digit))
        && matches!(text.as_bytes(), [_, _, _, b'-' | b' ', c, d, b'-' | b' ', e @ ..]
            if is_digit(c) && is_digit(d) && e.len() == 4 && e.iter().all(is_digit))
}

/// Groups of 8, 4, 4, 4 and 12 hexadecimal digits, with or without dashes between them.
fn is_uuid(text: &str, version: Option<char>) -> bool {
    let mut rest = text;
    let mut groups = [""; 5];
    for (group, length) in groups.iter_mut().zip([8, 4, 4, 4, 12]) {
        if length != 8 {
            rest = rest.strip_prefix('-').unwrap_or(rest);
        }
        let Some((digits, after)) = rest.split_at_checked(length) else {
            return false;
        };
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return false;
        }
        (*group, rest) = (digits, after);
    }
    let [_, _, third, fourth, _] = groups;
    let has_version = version.is_none_or(|version| third.starts_with(version));
    // Only versions 4 and 5 have their variant checked.
    let is_variant = |c: char| matches!(c.to_ascii_lowercase(), '8' | '9' | 'a' | 'b');
    let has_variant = matches!(version, None | Some('3')) || fourth.starts_with(is_variant);
    rest.is_empty() && has_version && has_variant
}

#[cfg(test)]
mod tests {
    use super::Named::{self, *};

    #[test]
    fn formats_are_as_loose_as_the_server_s() {
        let cases: [(Named, &[&str], &[&str]); 20] = [
            (
                BsonObjectId,
                &["0123456789abcdefABCDEF01"],
                &["0123", "g123456789abcdefABCDEF01"],
            ),
            (
                Byte,
                &["AAAA", "AA==", "AAA="],
                &["", "A", "AAA", "====", "AA=A", "A-A="],
            ),
            (
                Cidr,
                &["10.0.0.0/8", "010.0.0.0/8", "fd00::/8"],
                &["10.0.0.0", "10.0.0.0/33", "fd00::/129", "x/8"],
            ),
            (
                CreditCard,
                &["4220855426222389", "4220 8554-2622 2389"],
                &["", "4220855426213389", "30190239451016"],
            ),
            (Date, &["2024-02-29"], &["2023-02-29", "2024-2-29", ""]),
            (
                Duration,
                &[
                    "0",
                    "1h30m",
                    "-1.5h",
                    "3 days",
                    "2wk",
                    "x 5 seconds",
                    "+.5s",
                ],
                &["", "1", "5 x", "s", "."],
            ),
            (
                Email,
                &["a@b", "A B <a@b.c>", "\"a b\"@c", "a@[1.2.3.4]"],
                &["", "a", "a@", "@b", "a@b c", "a..b@c"],
            ),
            (HexColor, &["#fff", "FFFFFF"], &["", "#ff", "#ggg", "fffff"]),
            (
                Hostname,
                &["a", "a-b.example", "a-", "1", "\u{e9}.com"],
                &["", "-a", "a.b", "a_b.com", "a..com", "a.c1"],
            ),
            (
                Ipv4,
                &["1.2.3.4", "01.2.3.004", "::1.2.3.4"],
                &["", "1.2.3", "256.1.1.1", "::1"],
            ),
            (
                Ipv6,
                &["::1", "::ffff:1.2.3.4"],
                &["", "1.2.3.4", "::01.2.3.4", ":::"],
            ),
            (
                Isbn10,
                &["3836221195", "3 401 01319 X"],
                &["", "3836221196", "978-0321751041"],
            ),
            (Isbn13, &["978-0-321-75104-1"], &["9780321751042", ""]),
            (
                Mac,
                &["01:23:45:67:89:ab", "01-23-45-67-89-ab", "0123.4567.89ab"],
                &["", "01:23:45:67:89", "01:23-45:67:89:ab"],
            ),
            (
                RgbColor,
                &["rgb(0,31,255)", "rgb( 0 , 31 , 255 )"],
                &["rgb(1,349,275)", "rgb(01,31,255)", "rgb(0,31)"],
            ),
            (ShortName, &["a", "a-1"], &["", "A", "a.b", "-a"]),
            (LongName, &["a.b-c"], &["", "a..b", "A"]),
            (
                Ssn,
                &["123-45-6789", "123 45 6789"],
                &["123456789", "123-45-678"],
            ),
            (
                Uri,
                &["http://a", "/a", "mailto:a@b"],
                &["", "a", "http://[", "http://a/%zz"],
            ),
            (
                Uuid4,
                &["00000000-0000-4000-8000-000000000000"],
                &["00000000-0000-4000-0000-000000000000", ""],
            ),
        ];
        for (named, good, bad) in cases {
            for text in good {
                assert!(named.admits(text), "{named:?} {text}");
            }
            for text in bad {
                assert!(!named.admits(text), "{named:?} {text}");
            }
        }
    }
}
