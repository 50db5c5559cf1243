//! Floats in Go's formats.

/// A finite float in its shortest decimal form.
struct Decimal {
    is_negative: bool,
    /// The digits; the first and the last one are not 0.
    digits: String,
    /// The exponent, relative to the first digit.
    exponent: i32,
}

impl Decimal {
    /// From a JSON number.
    fn new(json: &str) -> Self {
        let (is_negative, json) = match json.strip_prefix('-') {
            Some(json) => (true, json),
            None => (false, json),
        };
        let (mantissa, exponent) = json.split_once(['e', 'E']).unwrap_or((json, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        let zeros = all.bytes().take_while(|digit| *digit == b'0').count();
        let places = i32::try_from(whole.len()).unwrap_or(0) - i32::try_from(zeros).unwrap_or(0);
        Self {
            is_negative,
            digits: all.trim_matches('0').to_owned(),
            exponent: exponent.parse::<i32>().unwrap_or(0) + places - 1,
        }
    }

    /// The number with an exponent of at least `width` digits.
    fn scientific(&self, width: usize) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        let (first, rest) = self.digits.split_at_checked(1).unwrap_or(("0", ""));
        let point = if rest.is_empty() { "" } else { "." };
        let exponent_sign = if self.exponent < 0 { '-' } else { '+' };
        let exponent = self.exponent.unsigned_abs();
        format!("{sign}{first}{point}{rest}e{exponent_sign}{exponent:0width$}")
    }

    /// The number without an exponent.
    fn positional(&self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        let digits = &self.digits;
        if self.digits.is_empty() {
            return format!("{sign}0");
        }
        let Ok(places) = usize::try_from(self.exponent + 1) else {
            let zeros = self.exponent.unsigned_abs() as usize - 1;
            return format!("{sign}0.{}{digits}", "0".repeat(zeros));
        };
        match digits.split_at_checked(places) {
            Some(("", fraction)) => format!("{sign}0.{fraction}"),
            Some((whole, "")) => format!("{sign}{whole}"),
            Some((whole, fraction)) => format!("{sign}{whole}.{fraction}"),
            None => format!("{sign}{digits:0<places$}"),
        }
    }
}

/// A finite float as Go's `encoding/json` writes it: a whole one without a point, a very large or
/// small one with an exponent.
pub(crate) fn json(value: f64) -> String {
    let decimal = Decimal::new(&serde_json::Value::from(value).to_string());
    if value != 0.0 && !(1e-6..1e21).contains(&value.abs()) {
        decimal.scientific(1)
    } else {
        decimal.positional()
    }
}

/// A float as a JSON key, which `sigs.k8s.io/yaml` writes with 32 bits.
pub(crate) fn key(value: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "it is what the library does"
    )]
    let value = value as f32;
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let decimal = Decimal::new(&serde_json::to_string(&value).unwrap_or_default());
    if value == 0.0 || (-4..6).contains(&decimal.exponent) {
        decimal.positional()
    } else {
        decimal.scientific(2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_of_json() {
        for (value, text) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-1.5, "-1.5"),
            (0.1, "0.1"),
            (1_000_000.0, "1000000"),
            (123_456.789, "123456.789"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (1.5e-10, "1.5e-10"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (f64::MAX, "1.7976931348623157e+308"),
            // As close to the neighbour that ends in 3.
            (
                f64::from(1_u32 << 31) * 858_993.0 + 0.25,
                "1844673421246464.2",
            ),
        ] {
            assert_eq!(json(value), text);
        }
    }

    #[test]
    fn floats_as_keys() {
        for (value, text) in [
            (0.0, "0"),
            (1.5, "1.5"),
            (0.1, "0.1"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (100_000.0, "100000"),
            (1e6, "1e+06"),
            (16_777_217.0, "1.6777216e+07"),
            (1e100, ".inf"),
            (f64::NEG_INFINITY, "-.inf"),
            (f64::NAN, ".nan"),
        ] {
            assert_eq!(key(value), text);
        }
    }
}
