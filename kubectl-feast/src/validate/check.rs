//! From a text to what is found in it.

use feast_api::Version;
use feast_check::gather::Gathered;
use feast_check::manifest::Document;
use feast_validate::{Request, Validator, Verdict, admitted};
use serde_json::Value;

use super::advice;
use super::config::Config;
use super::old::Old;
use super::surroundings::Surroundings;
use crate::admission;
use crate::finding::{Checked, Finding, Level, Locator};
use crate::input::Text;

/// What a FeatureStore is checked against.
pub(super) struct Checker<'a> {
    pub(super) config: &'a Config,
    pub(super) old: &'a Old,
    pub(super) surroundings: &'a Surroundings,
    pub(super) strict: bool,
}

impl Checker<'_> {
    /// Every document that is a FeatureStore or should be an object.
    pub(super) fn text(&self, text: &Text) -> Vec<Checked> {
        let documents = text.documents().into_iter();
        documents
            .filter_map(|document| match document {
                Ok(document) => self.document(text, &document),
                Err(error) => Some(Checked::fault(text, &error)),
            })
            .collect()
    }

    fn document(&self, text: &Text, document: &Document) -> Option<Checked> {
        let locator = Locator::new(text, document);
        let version = match document.feature_store_version() {
            Ok(None) => return unreadable(document, &locator),
            Ok(Some(version)) => version,
            Err(_) if text.is_foreign() => return None,
            Err(unrecognized) => {
                return Some(admission::unrecognized(text, document, &unrecognized));
            }
        };
        let mut findings = Vec::new();
        if self.config.has_lints() {
            let verdict = self.verdict(version, document, |validator, request| {
                validator.run(request)
            });
            admission::findings(&verdict, document, &locator, self.strict, &mut findings);
            if verdict.is_allowed() {
                match admitted(verdict, self.surroundings.namespace()) {
                    Ok(store) => advice::findings(self, store, document, &locator, &mut findings),
                    Err(error) => findings.push(Finding::new(
                        "unreadable-value",
                        Level::Error,
                        error.to_string(),
                    )),
                }
            }
        } else {
            let verdict = self.verdict(version, document, |validator, request| {
                validator.check(request)
            });
            admission::findings(&verdict, document, &locator, self.strict, &mut findings);
        }
        Some(locator.checked(self.surroundings.namespace(), findings))
    }

    /// What the API server says to a creation, or to an update of what is there.
    fn verdict<T>(
        &self,
        version: Version,
        document: &Document,
        run: fn(&Validator, Request<'_>) -> Verdict<T>,
    ) -> Verdict<T> {
        let validator = Validator::of(version);
        let namespace = document
            .namespace()
            .unwrap_or(self.surroundings.namespace());
        let name = document.name().unwrap_or_default();
        match self.old.find(namespace, name) {
            None => run(&validator, Request::create(&document.json)),
            Some(old) => {
                let old = as_version(version, old);
                run(&validator, Request::update(&old, &document.json))
            }
        }
    }
}

/// A Secret or ConfigMap that the API server would refuse.
fn unreadable(document: &Document, locator: &Locator<'_>) -> Option<Checked> {
    let error = Gathered::default().add(document).err()?;
    let finding = Finding::new("unreadable-object", Level::Error, error.to_string());
    Some(Checked {
        feature_store: None,
        ..locator.checked("", vec![finding])
    })
}

/// What there is, in the version that an update of it would send.
fn as_version(version: Version, old: &Value) -> Value {
    let mut old = old.clone();
    // Versions are converted by their name alone.
    old["apiVersion"] = version.api_version().into();
    old
}
