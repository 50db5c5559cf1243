//! Resources of other kinds, validated with their CRDs.

use std::sync::Arc;

use crd_admission::{Crd, Request, Validator, Verdict};

use super::Checker;
use super::definitions;
use super::read::{Entry, Read};
use crate::admission::{self, Said};
use crate::finding::{Checked, Finding, Locator};
use crate::manifest::Document;
use crate::text::Text;

/// An object whose CRD may be in another text.
pub(super) struct Waiting {
    pub(super) text: Arc<Text>,
    pub(super) document: Document,
}

/// Whether an object's kind can have a CRD: its group has a dot.
pub(super) fn may_be_custom(document: &Document) -> bool {
    let version = document.api_version().unwrap_or_default();
    let group = version.split_once('/').map(|(group, _)| group);
    group.is_some_and(|group| group.contains('.'))
}

impl Checker {
    /// Validates an object that is not a FeatureStore, if there is a CRD.
    pub(super) fn other(&self, text: &Arc<Text>, document: Document, read: &mut Read) {
        if definitions::is_definition(&document) {
            let (crd, checked) = self.definition(text, &document);
            if let Some(crd) = crd {
                read.part.definitions.add(crd);
            }
            read.done(checked);
        } else if let Some(crd) = self.definitions.of(&document) {
            read.done(self.custom(crd, text, &document));
        } else if may_be_custom(&document) {
            let text = text.clone();
            read.entries
                .push(Entry::Waiting(Box::new(Waiting { text, document })));
        }
    }

    /// The API server's verdict on an object of the CRD's kind.
    pub(super) fn custom(&self, crd: &Crd, text: &Text, document: &Document) -> Checked {
        let locator = Locator::new(text, document);
        let namespace = document.namespace().unwrap_or(&self.settings.namespace);
        let mut findings = Vec::new();
        match served(crd, document) {
            Some(validator) => {
                let verdict = self.custom_verdict(validator, namespace, document);
                let deprecation = validator.deprecation();
                findings.extend(
                    deprecation.map(|warning| admission::deprecated_version(warning, &locator)),
                );
                let said = Said {
                    document,
                    locator: &locator,
                    release: None,
                    is_strict: self.settings.strict,
                };
                said.findings(&verdict, &mut findings);
            }
            None => findings.push(unknown_version(crd, document, &locator)),
        }
        locator.resource(crd.is_namespaced.then_some(namespace), findings)
    }

    fn custom_verdict(
        &self,
        validator: Validator<'_>,
        namespace: &str,
        document: &Document,
    ) -> Verdict<()> {
        match self.old.custom(document, namespace) {
            None => validator.check(Request::create(&document.json).namespace(namespace)),
            Some(old) => {
                let stored = Request::create(old).namespace(namespace);
                let stored = validator.run(stored).outcome;
                let stored = stored.unwrap_or_else(|_| old.clone());
                validator.check(Request::update(&stored, &document.json))
            }
        }
    }
}

/// The validator of an object; `None` if the CRD does not serve its version.
fn served<'c>(crd: &'c Crd, document: &Document) -> Option<Validator<'c>> {
    let (_, version) = document.api_version()?.split_once('/')?;
    crd.version(version)
}

fn unknown_version(crd: &Crd, document: &Document, locator: &Locator<'_>) -> Finding {
    let served = crd.versions.iter().filter(|version| version.is_served);
    let served: Vec<_> = served.map(|version| &*version.gv).collect();
    let message = format!(
        "unknown version {}: the CustomResourceDefinition serves {}",
        document.api_version().unwrap_or_default(),
        served.join(", ")
    );
    admission::unknown_version(message, locator)
}
