//! Parses addresses and networks like Go's `net/netip`, with its errors.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::cel::go::{Quoted, parse_int};

/// Why a text is not an address, and the rest of the text from there.
struct Reason<'t>(&'static str, &'t str);

/// Parses an address, and the zone of an IPv6 address.
pub(in super::super) fn address(text: &str) -> Result<(IpAddr, Option<&str>), String> {
    parsed(text).map_err(|Reason(reason, at)| {
        let at = match at {
            "" => String::new(),
            at => format!(" (at {})", Quoted(at)),
        };
        format!("ParseAddr({}): {reason}{at}", Quoted(text))
    })
}

fn parsed(text: &str) -> Result<(IpAddr, Option<&str>), Reason<'_>> {
    match text.bytes().find(|byte| matches!(byte, b'.' | b':' | b'%')) {
        Some(b'.') => Ok((IpAddr::V4(Ipv4Addr::from(v4(text)?)), None)),
        Some(b':') => v6(text),
        Some(_) => Err(Reason("missing IPv6 address", "")),
        None => Err(Reason("unable to parse IP", "")),
    }
}

fn v4(text: &str) -> Result<[u8; 4], Reason<'_>> {
    let mut fields = [0; 4];
    let mut position = 0;
    let mut digits = 0;
    let mut value: u16 = 0;
    for (i, c) in text.char_indices() {
        let at = text.get(i..).unwrap_or_default();
        match c {
            '0'..='9' if digits == 1 && value == 0 => {
                return Err(Reason("IPv4 field has octet with leading zero", ""));
            }
            '0'..='9' => {
                value = value * 10 + u16::try_from(u32::from(c) - 48).unwrap_or_default();
                digits += 1;
                if value > 255 {
                    return Err(Reason("IPv4 field has value >255", ""));
                }
            }
            '.' if digits == 0 || at.len() == 1 => {
                return Err(Reason("IPv4 field must have at least one digit", at));
            }
            '.' if position == 3 => return Err(Reason("IPv4 address too long", "")),
            '.' => {
                set(&mut fields, position, value);
                position += 1;
                value = 0;
                digits = 0;
            }
            _ => return Err(Reason("unexpected character", at)),
        }
    }
    if position < 3 {
        return Err(Reason("IPv4 address too short", ""));
    }
    set(&mut fields, 3, value);
    Ok(fields)
}

fn set(fields: &mut [u8; 4], position: usize, value: u16) {
    if let Some(field) = fields.get_mut(position) {
        *field = u8::try_from(value).unwrap_or(u8::MAX);
    }
}

fn v6(text: &str) -> Result<(IpAddr, Option<&str>), Reason<'_>> {
    let (body, zone) = match text.split_once('%') {
        Some((_, "")) => return Err(Reason("zone must be a non-empty string", "")),
        Some((body, zone)) => (body, Some(zone)),
        None => (text, None),
    };
    let mut groups: Vec<u16> = Vec::with_capacity(8);
    // The number of groups before `::`.
    let mut ellipsis = None;
    let mut rest = body;
    if let Some(after) = rest.strip_prefix("::") {
        ellipsis = Some(0);
        rest = after;
        if rest.is_empty() {
            return Ok((IpAddr::V6(Ipv6Addr::UNSPECIFIED), zone));
        }
    }
    while groups.len() < 8 {
        let end = rest
            .find(|c: char| !c.is_ascii_hexdigit())
            .unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        if digits.len() > 4 {
            return Err(Reason("each group must have 4 or less digits", rest));
        }
        let Ok(group) = u16::from_str_radix(digits, 16) else {
            let reason = "each colon-separated field must have at least one digit";
            return Err(Reason(reason, rest));
        };
        if after.starts_with('.') {
            embed(&mut groups, ellipsis, rest)?;
            rest = "";
            break;
        }
        groups.push(group);
        rest = after;
        if rest.is_empty() {
            break;
        }
        let Some(after) = rest.strip_prefix(':') else {
            return Err(Reason("unexpected character, want colon", rest));
        };
        if after.is_empty() {
            return Err(Reason("colon must be followed by more characters", rest));
        }
        rest = after;
        if let Some(after) = rest.strip_prefix(':') {
            if ellipsis.is_some() {
                return Err(Reason("multiple :: in address", rest));
            }
            ellipsis = Some(groups.len());
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
    }
    if !rest.is_empty() {
        return Err(Reason("trailing garbage after address", rest));
    }
    let address = expanded(&groups, ellipsis)?;
    Ok((IpAddr::V6(address), zone))
}

/// Parses an IPv4 address at the end of an IPv6 address.
fn embed<'t>(
    groups: &mut Vec<u16>,
    ellipsis: Option<usize>,
    rest: &'t str,
) -> Result<(), Reason<'t>> {
    if ellipsis.is_none() && groups.len() != 6 {
        let reason = "embedded IPv4 address must replace the final 2 fields of the address";
        return Err(Reason(reason, rest));
    }
    if groups.len() > 6 {
        let reason = "too many hex fields to fit an embedded IPv4 at the end of the address";
        return Err(Reason(reason, rest));
    }
    let [a, b, c, d] = v4(rest)?;
    groups.extend([u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])]);
    Ok(())
}

/// Replaces `::` by zeros.
fn expanded<'t>(groups: &[u16], ellipsis: Option<usize>) -> Result<Ipv6Addr, Reason<'t>> {
    let mut all = groups.to_vec();
    match ellipsis {
        None if groups.len() < 8 => return Err(Reason("address string too short", "")),
        Some(_) if groups.len() == 8 => {
            let reason = "the :: must expand to at least one field of zeros";
            return Err(Reason(reason, ""));
        }
        Some(at) => {
            let zeros = std::iter::repeat_n(0, 8 - groups.len());
            all.splice(at..at, zeros);
        }
        None => {}
    }
    let all: [u16; 8] = all.try_into().unwrap_or_default();
    Ok(all.into())
}

/// Parses an address with the length of its prefix.
pub(in super::super) fn prefix(text: &str) -> Result<(IpAddr, u32), String> {
    let refused = |reason: &str| format!("netip.ParsePrefix({}): {reason}", Quoted(text));
    let Some((before, bits)) = text.rsplit_once('/') else {
        return Err(refused("no '/'"));
    };
    let (ip, zone) = address(before).map_err(|reason| refused(&reason))?;
    if zone.is_some() {
        return Err(refused("IPv6 zones cannot be present in a prefix"));
    }
    let bad_bits = || refused(&format!("bad bits after slash: {}", Quoted(bits)));
    if bits.len() > 1 && !bits.starts_with(|c: char| ('1'..='9').contains(&c)) {
        return Err(bad_bits());
    }
    let number = parse_int("Atoi", bits).map_err(|_| bad_bits())?;
    let most = if ip.is_ipv4() { 32 } else { 128 };
    match u32::try_from(number) {
        Ok(number) if number <= most => Ok((ip, number)),
        _ => Err(refused("prefix length out of range")),
    }
}
