//! The way in.

use crate::admit::{check_version, judge_create, prepare_create};
use crate::crd::{Crd, Version};
use crate::error::Violation;
use crate::fits::fits;
use crate::json::Node;
use crate::read::{Document, Incoming};
use crate::request::{Body, Request};
use crate::schema::tables::FEATURE_STORE;
use crate::verdict::Verdict;
use crate::walk::{Checks, Until};

/// Judges objects of one version of a resource as the API server does.
///
/// It is a handle, cheap to copy and to share between threads; the compiled schema is behind it.
#[derive(Clone, Copy, Debug)]
pub struct Validator<'c> {
    pub(crate) crd: &'c Crd,
    pub(crate) version: &'c Version,
}

impl Validator<'static> {
    /// The validator of FeatureStores of `feast.dev/v1`.
    pub fn v1() -> Self {
        Self::of(feast_api::Version::V1)
    }

    /// The validator of FeatureStores of `feast.dev/v1alpha1`.
    pub fn v1alpha1() -> Self {
        Self::of(feast_api::Version::V1Alpha1)
    }

    /// The validator of FeatureStores of a version. It was compiled with the crate.
    pub fn of(version: feast_api::Version) -> Self {
        let validator = FEATURE_STORE.validator(version.as_str());
        validator.expect("the CRD has every version")
    }
}

impl<'c> Validator<'c> {
    pub(crate) const fn new(crd: &'c Crd, version: &'c Version) -> Self {
        Self { crd, version }
    }

    /// What the API server says to the creation of an object.
    pub fn create<'a>(&self, object: impl Into<Body<'a>>) -> Verdict {
        self.run(Request::create(object))
    }

    /// Whether the API server would let an object be created.
    ///
    /// It allocates nothing for a valid object given as a [`Value`](serde_json::Value), unless that has owners or a
    /// list with many keys.
    pub fn is_valid<'a>(&self, object: impl Into<Body<'a>>) -> bool {
        self.find(object.into(), Until::Any).is_empty()
    }

    /// The first reason for which the API server would not let an object be created.
    pub fn first<'a>(&self, object: impl Into<Body<'a>>) -> Option<Violation> {
        let found = self.find(object.into(), Until::First);
        found.into_iter().next()
    }

    /// Every reason for which the API server would not let an object be created.
    pub fn all<'a>(&self, object: impl Into<Body<'a>>) -> Vec<Violation> {
        self.find(object.into(), Until::End)
    }

    /// Whether an object has the structure that the schema wants: types, required fields, enums,
    /// bounds, lengths, patterns and formats. Unknown fields and nulls are dropped first, as the
    /// API server does.
    ///
    /// Nothing is said about names, about items of a list that are there twice, or about the rules:
    /// [`is_valid`](Self::is_valid) looks at all. What is not JSON has no structure.
    ///
    /// ```
    /// use feast_validate::Validator;
    /// use serde_json::json;
    ///
    /// let store = |replicas| json!({"spec": {"feastProject": "a", "replicas": replicas}});
    /// // Three replicas share nothing, which is against a rule.
    /// assert!(Validator::v1().fits_schema(&store(json!(3))));
    /// assert!(!Validator::v1().fits_schema(&store(json!("3"))));
    /// ```
    pub fn fits_schema<'a>(&self, object: impl Into<Body<'a>>) -> bool {
        let fits = |node: Node<'_>| fits(node, &self.version.schema, Checks::SCHEMA);
        match object.into() {
            Body::Value(value) => fits(value.into()),
            bytes @ Body::Bytes(_) => {
                Document::decode(bytes).is_ok_and(|document| fits(document.node()))
            }
        }
    }

    fn find(&self, body: Body<'_>, until: Until) -> Vec<Violation> {
        self.try_find(body, until)
            .unwrap_or_else(|fault| vec![fault])
    }

    fn try_find(&self, body: Body<'_>, until: Until) -> Result<Vec<Violation>, Violation> {
        let document = Document::decode(body)?;
        let incoming = Incoming::read(&document, &document.head()?)?;
        check_version(*self, &incoming)?;
        let resource = prepare_create(*self, incoming, None)?;
        Ok(judge_create(*self, &resource, until))
    }
}
