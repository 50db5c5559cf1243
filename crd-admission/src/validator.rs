//! Entry points.

use crate::admit::{check_version, judge_create, prepare_create};
use crate::crd::{Crd, Version};
use crate::embedded::Origin;
use crate::error::Violation;
use crate::fits::fits;
use crate::json::Node;
use crate::metadata::Metadata;
use crate::path::Path;
use crate::read::{Document, Incoming};
use crate::request::{Body, Request};
use crate::resource::Resource;
use crate::verdict::{Rejection, Verdict};
use crate::view::{Mode, View};
use crate::walk::{Checks, Found, Until, Walk};

/// Validates objects of one version of a resource as the API server does.
///
/// A handle to the compiled schema, cheap to copy and to share between threads.
#[derive(Clone, Copy, Debug)]
pub struct Validator<'c> {
    pub(crate) crd: &'c Crd,
    pub(crate) version: &'c Version,
}

impl<'c> Validator<'c> {
    pub(crate) const fn new(crd: &'c Crd, version: &'c Version) -> Self {
        Self { crd, version }
    }

    /// The API server's warning if the version is deprecated, which it sends in the header
    /// `Warning` of each answer.
    pub fn deprecation(&self) -> Option<&'c str> {
        self.version.deprecation.as_deref()
    }

    /// The API server's verdict on the creation of an object.
    pub fn create<'a>(&self, object: impl Into<Body<'a>>) -> Verdict {
        self.run(Request::create(object))
    }

    /// Whether the API server would admit the creation of an object.
    ///
    /// It allocates nothing for a valid [`Value`](serde_json::Value), unless that has owners, a
    /// list with many keys, or rules at its root.
    pub fn is_valid<'a>(&self, object: impl Into<Body<'a>>) -> bool {
        self.find(object.into(), Until::Any).is_empty()
    }

    /// The first error of the API server for the creation of an object.
    pub fn first<'a>(&self, object: impl Into<Body<'a>>) -> Option<Violation> {
        let found = self.find(object.into(), Until::First);
        found.into_iter().next()
    }

    /// All errors of the API server for the creation of an object.
    pub fn all<'a>(&self, object: impl Into<Body<'a>>) -> Vec<Violation> {
        self.find(object.into(), Until::End)
    }

    /// Whether an object matches the schema: types, required fields, enums, bounds, lengths,
    /// patterns and formats. Unknown fields and nulls are dropped first, as in the API server.
    ///
    /// Names, duplicate list items and rules are not checked; [`is_valid`](Self::is_valid) checks
    /// all. Invalid JSON never matches.
    ///
    /// ```
    /// # let crd = crd_admission::Crd::parse(include_bytes!("../examples/thing.json"))?;
    /// use serde_json::json;
    ///
    /// let thing = crd.version("v1").expect("served");
    /// assert!(thing.fits_schema(&json!({"spec": {"size": 3}})));
    /// assert!(!thing.fits_schema(&json!({"spec": {"size": "3"}})));
    /// # Ok::<(), crd_admission::CompileError>(())
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

    /// Checks only the rules of an update, for objects that are already typed. Returns the
    /// violations that ratcheting ignores. Type, metadata and schema are not checked.
    ///
    /// # Errors
    ///
    /// The rules that are broken and not ignored.
    pub fn check_rules(
        &self,
        old: &serde_json::Value,
        new: &serde_json::Value,
    ) -> Result<Vec<Violation>, Rejection> {
        let resource = |value| {
            let root = View::new(value, &self.version.schema, Mode::Defaulted);
            Resource::new(&self.crd.kind, Metadata::default(), root)
        };
        let mut walk = Walk::new(Checks::RULES, Until::End);
        resource(new).walk(self.version, Some(&resource(old)), &mut walk);
        let Found {
            rules, forgiven, ..
        } = walk.found;
        Rejection::of(rules, &self.crd.kind, &self.crd.group)?;
        Ok(forgiven)
    }

    /// The results of the fast and of the thorough check, for everything, the schema and list
    /// types. For tests: both always agree.
    #[doc(hidden)]
    pub fn quick_and_thorough(&self, object: &serde_json::Value) -> [(bool, bool); 3] {
        let schema = &self.version.schema;
        [Checks::quick(schema), Checks::SCHEMA, Checks::LISTS].map(|checks| {
            let mut walk = Walk::new(checks, Until::Any);
            let root = View::new(object, schema, Mode::Defaulted);
            walk.value(root, None, &Path::ROOT);
            (fits(object.into(), schema, checks), !walk.is_done())
        })
    }

    fn find(&self, body: Body<'_>, until: Until) -> Vec<Violation> {
        self.try_find(body, until)
            .unwrap_or_else(|fault| vec![fault])
    }

    fn try_find(&self, body: Body<'_>, until: Until) -> Result<Vec<Violation>, Violation> {
        let document = Document::decode(body)?.coerce(self.crd, Origin::Request)?;
        let incoming = Incoming::read(&document, &document.head()?)?;
        check_version(*self, &incoming)?;
        let resource = prepare_create(*self, incoming, None)?;
        Ok(judge_create(*self, &resource, until))
    }
}
