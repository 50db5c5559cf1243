//! IP addresses and networks.

mod parse;

pub(super) use self::parse::address as parse_address;

use std::fmt::{self, Display};
use std::net::IpAddr;

use super::{Cost, Overload};
use crate::cel::fault::Fault;
use crate::cel::go::Quoted;
use crate::cel::types::{Opaque, Type as T};
use crate::cel::value::Value;

const IP: T = T::Opaque(Opaque::Ip);
const CIDR: T = T::Opaque(Opaque::Cidr);
/// The compatibility version that added them.
const SINCE: u32 = 30;

/// An IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Address(IpAddr);

/// A network: an address and the length of its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Prefix {
    address: IpAddr,
    bits: u32,
}

pub(super) fn overloads() -> Vec<Overload> {
    let overloads = addresses().into_iter().chain(networks());
    overloads.map(|overload| overload.since(SINCE)).collect()
}

fn addresses() -> Vec<Overload> {
    let is = |function, id, run| Overload::member(function, id, [IP], T::Bool, run);
    vec![
        Overload::new(
            "ip",
            "string_to_ip",
            [T::String],
            IP,
            try_run!(|String(text)| Address::parse(text)),
        )
        .costs(Cost::READ),
        Overload::member(
            "family",
            "ip_family",
            [IP],
            T::Int,
            run!(|Ip(address)| address.family()),
        ),
        Overload::new(
            "ip.isCanonical",
            "ip_is_canonical",
            [T::String],
            T::Bool,
            try_run!(|String(text)| is_canonical(text)),
        )
        .costs(Cost::READ_TWICE),
        is(
            "isUnspecified",
            "ip_is_unspecified",
            run!(|Ip(address)| address.0.is_unspecified()),
        ),
        is(
            "isLoopback",
            "ip_is_loopback",
            run!(|Ip(address)| address.0.is_loopback()),
        ),
        is(
            "isLinkLocalMulticast",
            "ip_is_link_local_multicast",
            run!(|Ip(address)| address.is_link_local_multicast()),
        ),
        is(
            "isLinkLocalUnicast",
            "ip_is_link_local_unicast",
            run!(|Ip(address)| address.is_link_local_unicast()),
        ),
        is(
            "isGlobalUnicast",
            "ip_is_global_unicast",
            run!(|Ip(address)| address.is_global_unicast()),
        ),
        Overload::new(
            "isIP",
            "is_ip",
            [T::String],
            T::Bool,
            run!(|String(text)| Address::parse(text).is_ok()),
        )
        .costs(Cost::READ),
        Overload::new(
            "string",
            "ip_to_string",
            [IP],
            T::String,
            run!(|Ip(address)| address.to_string()),
        ),
    ]
}

fn networks() -> Vec<Overload> {
    vec![
        Overload::new(
            "cidr",
            "string_to_cidr",
            [T::String],
            CIDR,
            try_run!(|String(text)| network(text)),
        )
        .costs(Cost::READ),
        Overload::member(
            "containsIP",
            "cidr_contains_ip_string",
            [CIDR, T::String],
            T::Bool,
            try_run!(|Cidr(network), String(text)| contains_text(network, text)),
        )
        .costs(Cost::TEXT_IN_NETWORK),
        Overload::member(
            "containsIP",
            "cidr_contains_ip_ip",
            [CIDR, IP],
            T::Bool,
            run!(|Cidr(network), Ip(address)| network.contains(*address)),
        )
        .costs(Cost::IN_NETWORK),
        Overload::member(
            "containsCIDR",
            "cidr_contains_cidr_string",
            [CIDR, T::String],
            T::Bool,
            try_run!(|Cidr(within), String(text)| contains_text_network(within, text)),
        )
        .costs(Cost::TEXT_NETWORK_IN_NETWORK),
        Overload::member(
            "containsCIDR",
            "cidr_contains_cidr",
            [CIDR, CIDR],
            T::Bool,
            run!(|Cidr(within), Cidr(other)| within.contains_network(other)),
        )
        .costs(Cost::NETWORK_IN_NETWORK),
        Overload::member(
            "ip",
            "cidr_ip",
            [CIDR],
            IP,
            run!(|Cidr(network)| Address(network.address)),
        ),
        Overload::member(
            "prefixLength",
            "cidr_prefix_length",
            [CIDR],
            T::Int,
            run!(|Cidr(network)| i64::from(network.bits)),
        ),
        Overload::member(
            "masked",
            "cidr_masked",
            [CIDR],
            CIDR,
            run!(|Cidr(network)| network.masked(network.bits)),
        ),
        Overload::new(
            "isCIDR",
            "is_cidr",
            [T::String],
            T::Bool,
            run!(|String(text)| Prefix::parse(text).is_ok()),
        )
        .costs(Cost::READ),
        Overload::new(
            "string",
            "cidr_to_string",
            [CIDR],
            T::String,
            run!(|Cidr(network)| network.to_string()),
        ),
    ]
}

fn is_canonical(text: &str) -> Result<bool, Fault> {
    Ok(Address::parse(text)?.to_string() == text)
}

const NO_NETWORK: &str = "network address parse error during conversion from string";

fn network(text: &str) -> Result<Prefix, Fault> {
    Prefix::parse(text).map_err(|reason| Fault::text(format!("{NO_NETWORK}: {reason}")))
}

/// A text that is not an address does not match the overload.
fn contains_text(network: &Prefix, text: &str) -> Result<bool, Fault> {
    let address = Address::parse(text).map_err(|_| Fault::NoSuchOverload)?;
    Ok(network.contains(address))
}

fn contains_text_network(within: &Prefix, text: &str) -> Result<bool, Fault> {
    Ok(within.contains_network(&network(text)?))
}

/// IPv4-mapped IPv6 addresses are rejected.
fn is_mapped(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.to_ipv4_mapped().is_some())
}

fn mapped(text: &str) -> String {
    format!("IPv4-mapped IPv6 address {} is not allowed", Quoted(text))
}

impl Address {
    fn parse(text: &str) -> Result<Self, Fault> {
        let (address, zone) = parse::address(text).map_err(|reason| {
            let quoted = Quoted(text);
            Fault::text(format!(
                "IP Address {quoted} parse error during conversion from string: {reason}"
            ))
        })?;
        if zone.is_some() {
            let fault = format!("IP address {} with zone value is not allowed", Quoted(text));
            return Err(Fault::text(fault));
        }
        if is_mapped(address) {
            return Err(Fault::text(mapped(text)));
        }
        Ok(Self(address))
    }

    fn family(self) -> i64 {
        if self.0.is_ipv4() { 4 } else { 6 }
    }

    fn is_link_local_multicast(self) -> bool {
        match self.0 {
            IpAddr::V4(address) => matches!(address.octets(), [224, 0, 0, _]),
            IpAddr::V6(address) => address.segments()[0] & 0xff0f == 0xff02,
        }
    }

    fn is_link_local_unicast(self) -> bool {
        match self.0 {
            IpAddr::V4(address) => address.is_link_local(),
            IpAddr::V6(address) => address.is_unicast_link_local(),
        }
    }

    fn is_global_unicast(self) -> bool {
        let is_broadcast = matches!(self.0, IpAddr::V4(address) if address.is_broadcast());
        !is_broadcast
            && !self.0.is_unspecified()
            && !self.0.is_loopback()
            && !self.0.is_multicast()
            && !self.is_link_local_unicast()
    }

    /// In bytes.
    pub(super) fn size(self) -> usize {
        if self.0.is_ipv4() { 4 } else { 16 }
    }
}

impl Prefix {
    /// Parses an address with a prefix length.
    fn parse(text: &str) -> Result<Self, String> {
        let (address, bits) =
            parse::prefix(text).map_err(|reason| format!("{NO_NETWORK}: {reason}"))?;
        if is_mapped(address) {
            return Err(mapped(text));
        }
        Ok(Self { address, bits })
    }

    /// The network of the first bits.
    fn masked(self, bits: u32) -> Self {
        let address = match self.address {
            IpAddr::V4(address) => {
                let mask = u32::MAX.checked_shl(32 - bits.min(32)).unwrap_or(0);
                IpAddr::V4((address.to_bits() & mask).into())
            }
            IpAddr::V6(address) => {
                let mask = u128::MAX.checked_shl(128 - bits.min(128)).unwrap_or(0);
                IpAddr::V6((address.to_bits() & mask).into())
            }
        };
        Self { address, bits }
    }

    fn contains(self, address: Address) -> bool {
        let other = Self {
            address: address.0,
            bits: self.bits,
        };
        self.address.is_ipv4() == address.0.is_ipv4()
            && self.masked(self.bits) == other.masked(self.bits)
    }

    fn contains_network(self, other: &Self) -> bool {
        self.bits <= other.bits && self.contains(Address(other.address))
    }

    /// The size of the prefix in bytes.
    pub(super) fn size(self) -> usize {
        usize::try_from(self.bits.div_ceil(8)).unwrap_or_default()
    }
}

impl Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl From<Address> for Value<'_> {
    fn from(address: Address) -> Self {
        Self::Ip(address)
    }
}

impl From<Prefix> for Value<'_> {
    fn from(prefix: Prefix) -> Self {
        Self::Cidr(prefix)
    }
}
