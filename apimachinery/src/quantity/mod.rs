//! Amounts of resources, such as `500m` or `2Gi`.

mod amount;
mod parse;
mod write;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use amount::Amount;
pub use parse::ParseQuantityError;

/// An amount of a resource, like Go's `resource.Quantity`.
///
/// It is exact, compared by value, and formatted canonically.
///
/// ```
/// use apimachinery::Quantity;
///
/// let half: Quantity = "0.5".parse()?;
/// assert_eq!(half, "500m".parse()?);
/// assert_eq!(half.to_string(), "500m");
/// assert_eq!(half.checked_add(&"1Gi".parse()?).map(|sum| sum.to_string()).as_deref(), Some("1073741824500m"));
/// # Ok::<(), apimachinery::ParseQuantityError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Quantity {
    amount: Amount,
    format: Format,
    /// The parsed text, if Kubernetes takes it for canonical.
    written: Option<Box<str>>,
}

/// The format of a quantity.
///
/// Exhaustive: Kubernetes has no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// With an exponent: `12e6`.
    DecimalExponent,
    /// With a suffix for a power of 1024: `12Mi`.
    BinarySi,
    /// With a suffix for a power of 1000: `12M`.
    DecimalSi,
}

impl Quantity {
    /// A whole number of units.
    pub fn new(value: i64, format: Format) -> Self {
        Self {
            amount: Amount::small(value, 0),
            format,
            written: None,
        }
    }

    /// -1, 0 or 1.
    pub fn sign(&self) -> i32 {
        self.amount.sign()
    }

    /// Whether it is less than 0.
    pub fn is_negative(&self) -> bool {
        self.sign() < 0
    }

    /// Whether it is more than 0.
    pub fn is_positive(&self) -> bool {
        self.sign() > 0
    }

    /// Whether it is 0.
    pub fn is_zero(&self) -> bool {
        self.sign() == 0
    }

    /// The sum, in the format of the first unless that is 0; `None` if it has thousands of digits.
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        Some(self.computed(other, self.amount.checked_add(&other.amount)?))
    }

    /// The difference, in the format of the first unless that is 0; `None` if it has thousands of
    /// digits.
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        Some(self.computed(other, self.amount.checked_sub(&other.amount)?))
    }

    /// The result of a computation with two quantities.
    fn computed(&self, other: &Self, amount: Amount) -> Self {
        let format = if self.is_zero() {
            other.format
        } else {
            self.format
        };
        Self {
            amount,
            format,
            written: None,
        }
    }

    /// The integer, as Go's `AsInt64` finds it: it ignores texts with a fraction or a small suffix
    /// (`1.0`, `1000m`), and large numbers.
    pub fn as_integer(&self) -> Option<i64> {
        self.amount.as_integer()
    }

    /// The number, rounded away from zero to an integer; `None` beyond 64 bits.
    pub fn value(&self) -> Option<i64> {
        self.amount.scaled(0)
    }

    /// The number of thousandths, rounded away from zero; `None` beyond 64 bits.
    pub fn milli_value(&self) -> Option<i64> {
        self.amount.scaled(-3)
    }

    /// An approximate number; infinite beyond the range of `f64`. Bit for bit like Go's
    /// `AsApproximateFloat64`.
    pub fn as_approximate_f64(&self) -> f64 {
        self.amount.as_approximate_f64()
    }
}

/// A quantity's text in canonical form; borrowed if it is canonical already.
///
/// ```
/// use apimachinery::quantity::canonical;
///
/// assert_eq!(canonical("1024Mi")?, "1Gi");
/// assert_eq!(canonical("1500m")?, "1500m");
/// # Ok::<(), apimachinery::ParseQuantityError>(())
/// ```
pub fn canonical(text: &str) -> Result<Cow<'_, str>, ParseQuantityError> {
    if is_canonical(text) {
        return Ok(Cow::Borrowed(text));
    }
    let canonical = text.parse::<Quantity>()?.to_string();
    Ok(if canonical == text {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(canonical)
    })
}

/// A fast check for canonical texts: a whole number that needs its suffix. It misses some others.
fn is_canonical(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, suffix) = text.split_at(digits);
    let base = match suffix {
        "Ki" | "Mi" | "Gi" => 1024,
        "m" | "" | "k" | "M" | "G" => 1000,
        _ => return false,
    };
    let is_plain = digits <= 9 && !number.starts_with('0');
    is_plain && number.parse::<u32>().is_ok_and(|number| number % base != 0)
}

impl FromStr for Quantity {
    type Err = ParseQuantityError;

    fn from_str(text: &str) -> Result<Self, ParseQuantityError> {
        parse::parse(text)
    }
}

/// The canonical form.
impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.written {
            Some(text) => f.write_str(text),
            None => f.write_str(&write::canonical(&self.amount, self.format)),
        }
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.amount.cmp(&other.amount)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_integer_is_subtracted_exactly_unless_64_bits_do() {
        let least = Quantity::new(i64::MIN, Format::DecimalSi);
        let minus_least = |text: &str| {
            let quantity: Quantity = text.parse().expect("a quantity");
            quantity
                .checked_sub(&least)
                .map(|difference| difference.to_string())
        };
        assert_eq!(
            minus_least("100m").as_deref(),
            Some("9223372036854775808100m")
        );
        assert_eq!(minus_least("1").as_deref(), Some("-9223372036854775807"));
    }

    #[test]
    fn the_fast_check_finds_only_canonical_texts() {
        let suffixes = [
            "n", "u", "m", "", "k", "M", "G", "T", "Ki", "Mi", "Gi", "Ti", "e3", "E", "x",
        ];
        let numbers = (0..5000).chain([10_000, 1 << 20, 999_999_999, 1_000_000_000]);
        let texts = suffixes
            .iter()
            .flat_map(|suffix| numbers.clone().map(move |n| format!("{n}{suffix}")));
        let mut seen = 0;
        for text in texts {
            for text in [text.clone(), format!("0{text}"), format!("-{text}")] {
                if is_canonical(&text) {
                    let quantity: Quantity = text.parse().expect("a quantity");
                    assert_eq!(quantity.to_string(), text);
                    seen += 1;
                }
            }
        }
        assert!(seen > 10_000, "{seen}");
    }
}
