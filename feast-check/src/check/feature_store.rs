//! A FeatureStore in the input: the API server's verdict, and the stored object.

use std::sync::Arc;

use crd_admission::{Request, Validator, Verdict};
use feast_api::{Admitted, Version};
use feast_validate::{NotAdmitted, admitted};
use serde_json::Value;

use super::read::{Entry, Judged, Purpose, Read};
use super::{Checker, Depth, Place, old, referenced};
use crate::admission::{Said, deprecated_version};
use crate::finding::{Finding, Level, Locator};
use crate::manifest::Document;
use crate::text::{PassedBy, Text};

impl Checker {
    /// Validates a FeatureStore, and keeps it if it is admitted.
    pub(super) fn feature_store(
        &self,
        validator: Validator<'_>,
        version: Version,
        text: &Arc<Text>,
        document: Document,
        read: &mut Read,
    ) {
        let namespace = document.namespace().unwrap_or(&self.settings.namespace);
        let place = (
            namespace.to_owned(),
            document.name().unwrap_or_default().to_owned(),
        );
        let locator = Locator::new(text, &document);
        let is_compared = self.settings.reach() == Depth::Lints;
        let first = read.part.add_feature_store(&place, &document, is_compared);
        let is_selected = document.is_selected(&self.settings.selector);
        if !is_selected {
            read.pass_by(document.line, PassedBy::NotSelected);
        }
        if read.purpose == Purpose::Others && !may_refer(&document) {
            return;
        }
        if !is_selected {
            if let Some(store) = self.beside(validator, version, &document, &place) {
                read.part.wanted.extend(referenced(&store));
                read.beside.push(store);
            }
            return;
        }
        let mut findings: Vec<_> = first
            .map(|line| repeated(&place, line, &locator))
            .into_iter()
            .collect();
        let warning = validator.deprecation();
        let deprecated = warning.map(|warning| deprecated_version(warning, &locator));
        let said = Said {
            document: &document,
            locator: &locator,
            release: self.definitions.release(self.settings.release),
            is_strict: self.settings.strict,
        };
        let store = if self.settings.reach() == Depth::Verdict {
            let verdict = self.verdict(version, &document, &place, |request| {
                validator.check(request)
            });
            said.findings(&verdict, &mut findings);
            None
        } else {
            let verdict =
                self.verdict(version, &document, &place, |request| validator.run(request));
            said.findings(&verdict, &mut findings);
            let is_allowed = verdict.is_allowed();
            is_allowed.then(|| admitted(verdict))
        };
        match store {
            None => {
                findings.extend(deprecated);
                let checked = locator.checked(&place.0, findings);
                read.done(checked);
            }
            Some(Err(error)) => {
                findings.extend(deprecated);
                findings.push(unreadable_value(&error, &locator));
                let checked = locator.checked(&place.0, findings);
                read.done(checked);
            }
            Some(Ok(store)) => {
                findings.extend(deprecated.filter(|_| !self.lints_tell_of(version)));
                let store = self.complete(store, &document, &place);
                read.part.wanted.extend(referenced(&store));
                read.entries.push(Entry::Admitted(Box::new(Judged {
                    text: text.clone(),
                    document,
                    store,
                    findings,
                })));
            }
        }
    }

    /// Whether a lint reports that a version is deprecated, with a fix.
    fn lints_tell_of(&self, version: Version) -> bool {
        let lint = feast_lint::find("deprecated-api-version");
        let level = lint.map(|lint| self.settings.lints.level(lint));
        version == Version::V1Alpha1
            && self.settings.reach() == Depth::Lints
            && level.is_some_and(|level| level != feast_lint::Level::Allow)
    }

    /// A FeatureStore that is not selected, kept for references to it if it is admitted.
    fn beside(
        &self,
        validator: Validator<'_>,
        version: Version,
        document: &Document,
        place: &Place,
    ) -> Option<Admitted> {
        if self.settings.reach() == Depth::Verdict {
            return None;
        }
        let verdict = self.verdict(version, document, place, |request| validator.run(request));
        let store = admitted(verdict).ok()?;
        Some(self.complete(store, document, place))
    }

    /// The API server's verdict on a creation, or on an update of an old object.
    fn verdict<T>(
        &self,
        version: Version,
        document: &Document,
        (namespace, name): &Place,
        run: impl FnOnce(Request<'_>) -> Verdict<T>,
    ) -> Verdict<T> {
        match self.old.find(namespace, name) {
            None => {
                let request = Request::create(&document.json).namespace(namespace);
                run(request)
            }
            Some(old) => {
                let old = old::as_version(version, old);
                run(Request::update(&old, &document.json))
            }
        }
    }

    /// Adds the status and the uid, which a creation drops or sets: others may refer to the status,
    /// and owner references have the uid. A cluster's values take precedence over a manifest's.
    fn complete(&self, store: Admitted, document: &Document, place: &Place) -> Admitted {
        if let Some(known) = self.known.get(place) {
            return store
                .with_uid(known.metadata.uid.clone())
                .with_status(known.status.clone());
        }
        let uid = document
            .uid()
            .or_else(|| self.uid_of_owner(place))
            .map(str::to_owned);
        let status = document.status().and_then(|status| {
            let status = serde_json::from_str(status).ok()?;
            feast_api::from_value(&status).ok()
        });
        store.with_uid(uid).with_status(status)
    }

    /// The uid of a FeatureStore, as in the owner references of its objects.
    fn uid_of_owner(&self, (namespace, name): &Place) -> Option<&str> {
        let owned = self
            .live
            .iter()
            .filter(|(object, _)| object.namespace.as_ref() == Some(namespace));
        let mut references = owned.flat_map(|(_, value)| {
            let owners = value.pointer("/metadata/ownerReferences");
            owners.and_then(Value::as_array).into_iter().flatten()
        });
        let named = references.find(|owner| {
            owner["kind"] == feast_api::KIND
                && owner["name"] == name.as_str()
                && owner["controller"] == true
        });
        named?["uid"].as_str()
    }
}

/// A value that typed clients cannot read.
fn unreadable_value(error: &NotAdmitted, locator: &Locator<'_>) -> Finding {
    let finding = Finding::new("unreadable-value", Level::Error, error.to_string());
    match error {
        NotAdmitted::Unreadable(error) => finding.at(error.path(), locator.mark(error.path())),
        _ => finding,
    }
}

/// A FeatureStore that the text already has.
fn repeated((namespace, name): &Place, line: usize, locator: &Locator<'_>) -> Finding {
    let message = format!("duplicate FeatureStore {namespace}/{name}: first on line {line}");
    Finding::new("repeated-object", Level::Warning, message)
        .at("metadata.name", locator.mark("metadata.name"))
        .help("if you apply both, the last one wins: remove or rename one")
}

/// Whether a FeatureStore may refer to another; escapes may hide the field's name.
fn may_refer(document: &Document) -> bool {
    document.json.contains("feastRef") || document.json.contains('\\')
}
