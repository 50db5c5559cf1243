//! Measured resources, and how amounts are written.

use std::fmt;

use apimachinery::Quantity;
use apimachinery::quantity::{Format, ParseQuantityError};

/// A measured resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Measure {
    /// Pods.
    Pods,
    /// CPU requests of containers, in thousandths.
    CpuRequests,
    /// CPU limits of containers, in thousandths.
    CpuLimits,
    /// Memory requests of containers, in bytes.
    MemoryRequests,
    /// Memory limits of containers, in bytes.
    MemoryLimits,
    /// Connections to a database.
    Connections,
}

impl Measure {
    /// All measures, in display order.
    pub const ALL: [Self; 6] = [
        Self::Pods,
        Self::CpuRequests,
        Self::CpuLimits,
        Self::MemoryRequests,
        Self::MemoryLimits,
        Self::Connections,
    ];

    /// Its name; the key in a `ResourceQuota`, if there is one.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::CpuRequests => "requests.cpu",
            Self::CpuLimits => "limits.cpu",
            Self::MemoryRequests => "requests.memory",
            Self::MemoryLimits => "limits.memory",
            Self::Connections => "connections",
        }
    }

    /// The measure for a key of a `ResourceQuota`.
    pub(super) fn of_quota(key: &str) -> Option<Self> {
        match key {
            "cpu" => Some(Self::CpuRequests),
            "memory" => Some(Self::MemoryRequests),
            "count/pods" => Some(Self::Pods),
            "connections" => None,
            _ => Self::ALL.into_iter().find(|measure| measure.name() == key),
        }
    }

    /// Its name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Pods => "pods",
            Self::CpuRequests => "CPU requests",
            Self::CpuLimits => "CPU limits",
            Self::MemoryRequests => "memory requests",
            Self::MemoryLimits => "memory limits",
            Self::Connections => "connections",
        }
    }

    const fn is_cpu(self) -> bool {
        matches!(self, Self::CpuRequests | Self::CpuLimits)
    }

    const fn is_memory(self) -> bool {
        matches!(self, Self::MemoryRequests | Self::MemoryLimits)
    }

    /// Reads an amount as Kubernetes writes it.
    ///
    /// # Errors
    ///
    /// It is not a quantity. Negative amounts are read as 0, amounts above 64 bits as the maximum.
    ///
    /// ```
    /// use feast_check::capacity::Measure;
    ///
    /// assert_eq!(Measure::CpuRequests.read("1.5")?, 1500);
    /// assert_eq!(Measure::MemoryLimits.read("2Ki")?, 2048);
    /// # Ok::<(), feast_check::apimachinery::ParseQuantityError>(())
    /// ```
    pub fn read(self, text: &str) -> Result<u64, ParseQuantityError> {
        let quantity: Quantity = text.parse()?;
        let amount = if self.is_cpu() {
            quantity.milli_value()
        } else {
            quantity.value()
        };
        Ok(amount.map_or(u64::MAX, |amount| u64::try_from(amount).unwrap_or(0)))
    }

    /// An amount as Kubernetes writes it: `1500m`, `1536Mi`.
    ///
    /// ```
    /// use feast_check::capacity::Measure;
    ///
    /// assert_eq!(Measure::CpuRequests.quantity(1500), "1500m");
    /// assert_eq!(Measure::MemoryLimits.quantity(1536 << 20), "1536Mi");
    /// assert_eq!(Measure::Pods.quantity(3), "3");
    /// ```
    pub fn quantity(self, amount: u64) -> String {
        match i64::try_from(amount) {
            Ok(amount) if self.is_memory() => Quantity::new(amount, Format::BinarySi).to_string(),
            _ if !self.is_cpu() => amount.to_string(),
            _ => match (amount / 1000, amount % 1000) {
                (cores, 0) => cores.to_string(),
                _ => format!("{amount}m"),
            },
        }
    }

    /// An amount for people: `1.5Gi` instead of `1536Mi`.
    pub(super) fn shown(self, amount: u64) -> Shown {
        Shown(self, amount)
    }
}

/// An amount for people.
pub(super) struct Shown(Measure, u64);

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(measure, amount) = *self;
        let text = if measure.is_cpu() {
            decimal(u128::from(amount), 1000)
        } else if measure.is_memory() {
            let units = [("Ti", 40), ("Gi", 30), ("Mi", 20), ("Ki", 10)];
            let unit = units.into_iter().find(|(_, bits)| amount >> bits > 0);
            let (unit, bits) = unit.unwrap_or(("", 0));
            let hundredths = (u128::from(amount) * 100) >> bits;
            decimal(hundredths, 100) + unit
        } else {
            amount.to_string()
        };
        f.pad(&text)
    }
}

/// A fraction, with as few decimals as possible.
fn decimal(parts: u128, of: u128) -> String {
    let digits = of.ilog10() as usize;
    let text = format!("{}.{:0digits$}", parts / of, parts % of);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_short_for_people() {
        for (measure, text, shown) in [
            (Measure::CpuLimits, "6500m", "6.5"),
            (Measure::CpuRequests, "20", "20"),
            (Measure::CpuRequests, "5m", "0.005"),
            (Measure::MemoryLimits, "1536Mi", "1.5Gi"),
            (Measure::MemoryLimits, "512Mi", "512Mi"),
            (Measure::MemoryRequests, "1G", "953.67Mi"),
            (Measure::MemoryRequests, "0", "0"),
            (Measure::Pods, "10", "10"),
            (Measure::Pods, "-1", "0"),
        ] {
            let amount = measure.read(text).unwrap();
            assert_eq!(measure.shown(amount).to_string(), shown);
        }
    }

    #[test]
    fn quotas_name_requests_in_two_ways() {
        for (key, measure) in [
            ("cpu", Some(Measure::CpuRequests)),
            ("requests.cpu", Some(Measure::CpuRequests)),
            ("count/pods", Some(Measure::Pods)),
            ("limits.memory", Some(Measure::MemoryLimits)),
            ("connections", None),
            ("services", None),
        ] {
            assert_eq!(Measure::of_quota(key), measure, "{key}");
        }
    }
}
