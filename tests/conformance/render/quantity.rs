//! Kubernetes' quantities, compared by value.

/// The value in billionths, if the text is a quantity.
pub(super) fn nano(text: &str) -> Option<i128> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &text[digits.len()..];
    if let Some((mantissa, exponent)) = text.split_once(['e', 'E'])
        && let Ok(exponent) = exponent.parse::<u32>()
    {
        return decimal(mantissa)?.checked_mul(10_i128.checked_pow(exponent)?);
    }
    let decimal = decimal(digits)?;
    let thousands = |n: u32| decimal.checked_mul(1000_i128.pow(n));
    let kibi = |n: u32| decimal.checked_mul(1024_i128.pow(n));
    match suffix {
        "n" => Some(decimal / 1_000_000_000),
        "u" => Some(decimal / 1_000_000),
        "m" => Some(decimal / 1000),
        "" => Some(decimal),
        "k" => thousands(1),
        "M" => thousands(2),
        "G" => thousands(3),
        "T" => thousands(4),
        "P" => thousands(5),
        "E" => thousands(6),
        "Ki" => kibi(1),
        "Mi" => kibi(2),
        "Gi" => kibi(3),
        "Ti" => kibi(4),
        "Pi" => kibi(5),
        "Ei" => kibi(6),
        _ => None,
    }
}

/// A decimal number in billionths.
fn decimal(text: &str) -> Option<i128> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = [whole, fraction]
        .concat()
        .bytes()
        .all(|b| b.is_ascii_digit())
        && !(whole.is_empty() && fraction.is_empty())
        && fraction.len() <= 9;
    let nano = format!("{whole}{fraction:0<9}");
    is_number.then(|| nano.parse::<i128>().ok().map(|nano| sign * nano))?
}

#[test]
fn by_value() {
    for (one, other) in [
        ("1000m", "1"),
        ("1024Mi", "1Gi"),
        ("0.5", "500m"),
        ("1e3", "1k"),
    ] {
        assert!(nano(one).is_some());
        assert_eq!(nano(one), nano(other), "{one} {other}");
    }
    assert_ne!(nano("1G"), nano("1Gi"));
    assert_eq!(nano("one"), None);
    assert_eq!(nano(""), None);
}
