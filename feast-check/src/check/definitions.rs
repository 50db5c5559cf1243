//! CustomResourceDefinitions, given or found in the input.

use std::collections::BTreeMap;
use std::sync::Arc;

use crd_admission::{Crd, Validator};
use feast_api::{Release, Version};

use super::Checker;
use crate::admission;
use crate::finding::{Checked, Locator};
use crate::manifest::Document;
use crate::text::Text;

const API_VERSION: &str = "apiextensions.k8s.io/v1";
const KIND: &str = "CustomResourceDefinition";

/// CRDs by group and kind of their resources; the first of each kind.
#[derive(Clone, Default)]
pub(super) struct Definitions(BTreeMap<(String, String), Arc<Crd>>);

impl Definitions {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn add(&mut self, crd: Crd) {
        let kind = (
            crd.group.clone().into_owned(),
            crd.kind.clone().into_owned(),
        );
        self.0.entry(kind).or_insert_with(|| Arc::new(crd));
    }

    pub(super) fn append(&mut self, others: Self) {
        for (kind, crd) in others.0 {
            self.0.entry(kind).or_insert(crd);
        }
    }

    /// The CRD of an object's kind.
    pub(super) fn of(&self, document: &Document) -> Option<&Crd> {
        let group = document.api_version()?.split_once('/')?.0;
        self.find(group, document.kind()?)
    }

    fn find(&self, group: &str, kind: &str) -> Option<&Crd> {
        if self.is_empty() {
            return None;
        }
        let kind = (group.to_owned(), kind.to_owned());
        self.0.get(&kind).map(|crd| &**crd)
    }

    /// The validator of FeatureStores of a version: of the given CRD, or of a release's. `None` if
    /// the CRD does not serve the version.
    pub(super) fn feature_store(
        &self,
        version: Version,
        release: Release,
    ) -> Option<Validator<'_>> {
        match self.find(feast_api::GROUP, feast_api::KIND) {
            Some(crd) => crd.version(version.as_str()),
            None => feast_validate::Validator::of_release(release, version).map(|own| *own),
        }
    }

    /// The release whose CRD validates FeatureStores, unless one is given.
    pub(super) fn release(&self, release: Release) -> Option<Release> {
        let given = self.find(feast_api::GROUP, feast_api::KIND);
        given.is_none().then_some(release)
    }
}

impl Checker {
    /// Adds a CustomResourceDefinition; call it before the first [`add_old`](Self::add_old) and
    /// [`read`](Self::read). It validates the resources of its kind, including FeatureStores. The
    /// first of several for a kind is used.
    ///
    /// You need not add CRDs of other kinds that are in the input.
    pub fn add_crd(&mut self, crd: Crd) {
        self.definitions.add(crd);
    }

    /// Adds the CustomResourceDefinitions of a text, as [`add_crd`](Self::add_crd) does, and
    /// returns their findings; other documents are ignored.
    ///
    /// ```
    /// use feast_check::{Checker, Settings, Text};
    /// use feast_render::{OperatorSettings, Time};
    ///
    /// let now = Time("2026-01-01T00:00:00Z".parse()?);
    /// let mut checker = Checker::new(Settings::new(OperatorSettings::reference(), now));
    /// let crd = checker.add_crds(&Text::new("crd.yaml", "
    /// apiVersion: apiextensions.k8s.io/v1
    /// kind: CustomResourceDefinition
    /// metadata: {name: things.example.com}
    /// spec:
    ///   group: example.com
    ///   scope: Namespaced
    ///   names: {kind: Thing, plural: things}
    ///   versions:
    ///   - name: v1
    ///     served: true
    ///     storage: true
    ///     schema: {openAPIV3Schema: {type: object, properties: {size: {type: integer}}}}
    /// "));
    /// assert!(crd[0].findings.is_empty());
    ///
    /// let thing = "{apiVersion: example.com/v1, kind: Thing, metadata: {name: a}, size: large}";
    /// let checked = checker.check([Text::new("thing.yaml", thing)]);
    /// assert_eq!(checked[0].findings[0].field, "size");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn add_crds(&mut self, text: &Text) -> Vec<Checked> {
        let mut all = Vec::new();
        for document in text.documents() {
            match document {
                Ok(document) if is_definition(&document) => {
                    let (crd, checked) = self.definition(text, &document);
                    if let Some(crd) = crd {
                        self.add_crd(crd);
                    }
                    all.push(checked);
                }
                Ok(_) => {}
                Err(error) => all.push(Checked::fault(text, &error)),
            }
        }
        all
    }

    /// Compiles a CRD, if API servers of the cluster's release accept it, and returns its findings.
    pub(super) fn definition(&self, text: &Text, document: &Document) -> (Option<Crd>, Checked) {
        let locator = Locator::new(text, document);
        let release = self.settings.lints.options.kubernetes;
        match Crd::parse_for(document.json.as_bytes(), release) {
            Ok(crd) => (Some(crd), locator.resource(None, Vec::new())),
            Err(error) => {
                let findings = admission::refused(&error, &locator);
                (None, locator.resource(None, findings))
            }
        }
    }
}

/// Whether an object is a CRD in the version of API servers.
pub fn is_definition(document: &Document) -> bool {
    document.api_version() == Some(API_VERSION) && document.kind() == Some(KIND)
}
