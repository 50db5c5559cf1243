//! The canonical text of a quantity: no fraction, the largest suffix, or an exponent that is a
//! multiple of three.

use num_bigint::BigInt;

use super::Format;
use super::amount::Amount;

const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

pub(super) fn canonical(amount: &Amount, format: Format) -> String {
    if amount.sign() == 0 {
        return "0".to_owned();
    }
    match (format, binary(amount)) {
        (Format::BinarySi, Some(text)) => text,
        (Format::BinarySi | Format::DecimalSi, _) => decimal(amount, |exponent| {
            // Kubernetes writes no suffix beyond its list: `2000E` becomes `2`.
            let known = usize::try_from(exponent / 3 + 3).ok();
            let suffix = known.and_then(|at| DECIMAL.get(at));
            suffix.copied().unwrap_or_default().to_owned()
        }),
        (Format::DecimalExponent, _) => decimal(amount, |exponent| match exponent {
            0 => String::new(),
            _ => format!("e{exponent}"),
        }),
    }
}

/// With a suffix for a power of ten that is a multiple of three.
fn decimal(amount: &Amount, suffix: impl Fn(i64) -> String) -> String {
    let digits = amount.digits();
    let kept = digits.trim_end_matches('0');
    let zeros = i64::try_from(digits.len() - kept.len()).unwrap_or(i64::MAX);
    let mut exponent = i64::from(amount.scale()).saturating_add(zeros);
    let mut text = sign(amount).to_owned();
    text.push_str(kept);
    while exponent % 3 != 0 {
        text.push('0');
        exponent -= 1;
    }
    text + &suffix(exponent)
}

/// With a suffix for a power of 1024, if it is a whole number that may need one.
fn binary(amount: &Amount) -> Option<String> {
    let below = Amount::small(1024, 0);
    if *amount < below && *amount > below.negated() {
        return None;
    }
    let mut number = amount.whole()?;
    let mut power = 0;
    let base = BigInt::from(1024);
    while (&number % &base) == BigInt::ZERO {
        number /= &base;
        power += 1;
    }
    Some(format!(
        "{number}{}",
        BINARY.get(power).copied().unwrap_or_default()
    ))
}

fn sign(amount: &Amount) -> &'static str {
    if amount.sign() < 0 { "-" } else { "" }
}
