//! Creates certificates: a long-lived CA that API servers trust, and a serving certificate that it
//! signs.

use std::time::Duration;

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use time::OffsetDateTime;

use crate::MANAGER;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// Lifetime of the CA, long because replacing it is disruptive.
const AUTHORITY_LASTS: Duration = Duration::from_secs(3_650 * DAY.as_secs());
/// Lifetime of a serving certificate.
const LASTS: Duration = Duration::from_secs(90 * DAY.as_secs());
/// How long before its expiry it is replaced.
const RENEWED: Duration = Duration::from_secs(30 * DAY.as_secs());
/// Allowance for clock skew.
const SKEW: Duration = Duration::from_secs(60 * 60);

/// A certificate and its key, in PEM format.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Pair {
    pub(super) certificate: Vec<u8>,
    pub(super) key: Vec<u8>,
}

/// A serving certificate, and the CA that signed it.
#[derive(Clone)]
pub(super) struct Issued {
    pub(super) authority: Pair,
    pub(super) serving: Pair,
}

impl Issued {
    /// A certificate for these hosts, signed by the existing CA if that is valid long enough.
    ///
    /// # Errors
    ///
    /// No key can be created.
    pub(super) fn make(
        known: Option<Pair>,
        hosts: &[String],
        now: Timestamp,
    ) -> Result<Self, rcgen::Error> {
        let known = known.filter(|known| lasts(&known.certificate, now, LASTS));
        let known = known.and_then(|known| Some((key(&known)?, known)));
        let (authority_key, authority) = match known {
            Some(known) => known,
            None => make_authority(now)?,
        };
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(hosts)?;
        (params.not_before, params.not_after) = validity(now, LASTS);
        params.distinguished_name.push(DnType::CommonName, MANAGER);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;
        let issuer = Issuer::new(authority_params(), authority_key);
        let certificate = params.signed_by(&key, &issuer)?;
        Ok(Self {
            authority,
            serving: pair(&certificate, &key),
        })
    }

    /// Whether it must be replaced.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        !lasts(&self.serving.certificate, now, RENEWED)
    }
}

fn make_authority(now: Timestamp) -> Result<(KeyPair, Pair), rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut params = authority_params();
    (params.not_before, params.not_after) = validity(now, AUTHORITY_LASTS);
    let certificate = params.self_signed(&key)?;
    let pair = pair(&certificate, &key);
    Ok((key, pair))
}

/// The parameters of every CA.
fn authority_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    let name = format!("{MANAGER} authority");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
}

fn key(pair: &Pair) -> Option<KeyPair> {
    KeyPair::from_pem(str::from_utf8(&pair.key).ok()?).ok()
}

fn pair(certificate: &rcgen::Certificate, key: &KeyPair) -> Pair {
    Pair {
        certificate: certificate.pem().into_bytes(),
        key: key.serialize_pem().into_bytes(),
    }
}

fn validity(now: Timestamp, lasts: Duration) -> (OffsetDateTime, OffsetDateTime) {
    let time = |time: Timestamp| {
        let time = OffsetDateTime::from_unix_timestamp(time.as_second());
        time.unwrap_or(OffsetDateTime::UNIX_EPOCH)
    };
    let end = now.saturating_add(lasts).unwrap_or(Timestamp::MAX);
    let start = now.saturating_sub(SKEW).unwrap_or(now);
    (time(start), time(end))
}

/// Whether a certificate remains valid for this duration.
fn lasts(certificate: &[u8], now: Timestamp, duration: Duration) -> bool {
    let then = now.saturating_add(duration).unwrap_or(Timestamp::MAX);
    expiry(certificate).is_some_and(|expiry| expiry > then)
}

/// Expiry of the first certificate in a PEM text.
pub(super) fn expiry(certificate: &[u8]) -> Option<Timestamp> {
    let (_, pem) = x509_parser::pem::parse_x509_pem(certificate).ok()?;
    let end = pem.parse_x509().ok()?.validity().not_after.timestamp();
    Timestamp::from_second(end).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(known: Option<Pair>, now: Timestamp) -> Issued {
        Issued::make(known, &["localhost".to_owned()], now).unwrap()
    }

    fn after(days: u32) -> Timestamp {
        Timestamp::UNIX_EPOCH + DAY * days
    }

    #[test]
    fn a_certificate_is_renewed_by_the_same_authority_while_valid() {
        let first = made(None, after(0));
        assert_eq!(expiry(&first.serving.certificate), Some(after(90)));
        assert!(!first.is_due(after(59)));
        assert!(first.is_due(after(61)));
        let second = made(Some(first.authority.clone()), after(61));
        assert!(second.authority == first.authority);
        assert!(second.serving != first.serving);
        let last = made(Some(first.authority.clone()), after(3_600));
        assert!(last.authority != first.authority);
    }

    #[test]
    fn an_invalid_certificate_is_due() {
        let mut issued = made(None, after(0));
        for text in [
            "",
            "nonsense",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----",
        ] {
            issued.serving.certificate = text.into();
            assert!(issued.is_due(after(0)), "{text}");
            issued.authority.key = text.into();
            assert!(made(Some(issued.authority.clone()), after(0)).authority != issued.authority);
        }
    }
}
