//! Questions of rendering, and their answers.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use feast_api::v1::FeatureStore;
use k8s_openapi::Resource;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Pod, Secret};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::mlflow::MlflowServer;
use crate::names::NAME_LABEL;
use crate::object_ref::ObjectRef;

/// An object that rendering needs, for the caller to look up.
///
/// Answer each with an [`Answer`]. Exhaustive on purpose: a new kind of question breaks the build
/// of callers that do not answer it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wanted {
    /// A Secret that the FeatureStore refers to; answered by [`Found::Secret`].
    Secret(Reference),
    /// A ConfigMap that the FeatureStore refers to; answered by [`Found::ConfigMap`].
    ConfigMap(Reference),
    /// A FeatureStore that this one refers to, with its status; answered by
    /// [`Found::FeatureStore`].
    FeatureStore(ObjectRef),
    /// An object with a name that the FeatureStore needs, created for it or by someone else. A
    /// Deployment is answered by [`Found::Deployment`], a ConfigMap by [`Found::ConfigMap`],
    /// anything else by [`Found::Metadata`]. For a first deployment all are [`Answer::Absent`].
    Live(ObjectRef),
    /// Objects with the FeatureStore's label. Pods are answered by [`Found::Pods`], anything else
    /// by [`Found::Objects`].
    Labelled(Selection),
    /// The MLflow servers of the whole cluster: every `mlflow.opendatahub.io/v1 MLflow`. Answered
    /// by [`Found::MlflowServers`], or by [`Answer::Absent`] if the cluster lacks this API.
    MlflowServers,
}

/// A Secret or ConfigMap that a FeatureStore refers to, and the keys to read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Reference {
    /// The object.
    pub object: ObjectRef,
    /// The required keys. Others may also be read.
    pub keys: Vec<KeyReference>,
    /// Whether the object is optional.
    pub is_optional: bool,
}

/// A required key, and its format.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct KeyReference {
    /// The key.
    pub key: String,
    /// The format of its value.
    pub content: Content,
}

/// The format of a value in a Secret or ConfigMap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Content {
    /// A YAML mapping.
    Parameters,
    /// A string.
    Text,
}

/// All objects of a type in a namespace with a FeatureStore's label.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Selection {
    /// Such as `v1`.
    pub api_version: Cow<'static, str>,
    /// Such as `Pod`.
    pub kind: Cow<'static, str>,
    /// The namespace.
    pub namespace: String,
    /// Value of the label [`NAME_LABEL`].
    pub name: String,
}

impl Selection {
    pub(crate) fn new<K: Resource>(namespace: &str, name: &str) -> Self {
        Self {
            api_version: K::API_VERSION.into(),
            kind: K::KIND.into(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    /// As a label selector, such as `feast.dev/name=sample`.
    pub fn selector(&self) -> String {
        format!("{NAME_LABEL}={}", self.name)
    }

    pub(crate) fn is<K: Resource>(&self) -> bool {
        self.api_version == K::API_VERSION && self.kind == K::KIND
    }

    fn selects(&self, object: &ObjectRef, value: &Value) -> bool {
        object.api_version == self.api_version
            && object.kind == self.kind
            && object.namespace.as_deref() == Some(&self.namespace)
            && value["metadata"]["labels"][NAME_LABEL] == self.name.as_str()
    }
}

/// The answer to a [`Wanted`].
///
/// Exhaustive: an object exists or not.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It exists. For [`Wanted::Labelled`] and [`Wanted::MlflowServers`]: all of them.
    Found(Found),
    /// It does not exist.
    Absent,
}

impl Answer {
    /// It exists.
    ///
    /// ```
    /// use feast_render::Answer;
    /// use k8s_openapi::api::core::v1::Secret;
    ///
    /// let answer = Answer::found(Secret::default());
    /// assert_ne!(answer, Answer::Absent);
    /// ```
    pub fn found(found: impl Into<Found>) -> Self {
        Self::Found(found.into())
    }
}

/// Converts a looked-up object.
impl<T: Into<Found>> From<Option<T>> for Answer {
    fn from(found: Option<T>) -> Self {
        found.map_or(Self::Absent, Self::found)
    }
}

/// The looked-up objects; [`Wanted`] documents which variant to use.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Found {
    /// A whole Secret.
    Secret(Box<Secret>),
    /// A whole ConfigMap.
    ConfigMap(Box<ConfigMap>),
    /// A whole FeatureStore, with its status.
    FeatureStore(Box<FeatureStore>),
    /// A whole Deployment, with replicas and status.
    Deployment(Box<Deployment>),
    /// Metadata of an object of another type.
    Metadata(Box<ObjectMeta>),
    /// Metadata of objects of one type.
    Objects(Vec<ObjectMeta>),
    /// Whole Pods: the status reports why they fail.
    Pods(Vec<Pod>),
    /// MLflow servers as JSON.
    MlflowServers(Vec<Value>),
}

macro_rules! found {
    ($($variant:ident: $from:ty),+) => {
        $(impl From<$from> for Found {
            fn from(found: $from) -> Self {
                Self::$variant(found.into())
            }
        })+
    };
}
found! {
    Secret: Secret, ConfigMap: ConfigMap, FeatureStore: FeatureStore, Deployment: Deployment,
    Metadata: ObjectMeta, Objects: Vec<ObjectMeta>, Pods: Vec<Pod>
}

/// Shows the type of answer, but not its contents.
impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret(_) => "Secret",
            Self::ConfigMap(_) => "ConfigMap",
            Self::FeatureStore(_) => "FeatureStore",
            Self::Deployment(_) => "Deployment",
            Self::Metadata(_) => "Metadata",
            Self::Objects(_) => "Objects",
            Self::Pods(_) => "Pods",
            Self::MlflowServers(_) => "MlflowServers",
        })
    }
}

/// The answer does not match the question. The message contains no data of the object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{wanted} {fault}")]
pub struct WrongAnswer {
    wanted: Box<Wanted>,
    fault: Fault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("does not match its kind")]
    Unreadable,
    #[error("was answered with another type")]
    SomethingElse,
    #[error("was not answered")]
    Missing,
}

impl WrongAnswer {
    /// The question.
    pub fn wanted(&self) -> &Wanted {
        &self.wanted
    }

    /// The answer has the wrong type.
    pub(crate) fn something_else(wanted: &Wanted) -> Self {
        Self::new(wanted, Fault::SomethingElse)
    }

    /// The answer is missing.
    pub(crate) fn missing(wanted: &Wanted) -> Self {
        Self::new(wanted, Fault::Missing)
    }

    fn new(wanted: &Wanted, fault: Fault) -> Self {
        Self {
            wanted: Box::new(wanted.clone()),
            fault,
        }
    }
}

impl Wanted {
    /// The single object to look up; `None` if there can be several.
    pub fn object(&self) -> Option<&ObjectRef> {
        match self {
            Self::Secret(reference) | Self::ConfigMap(reference) => Some(&reference.object),
            Self::FeatureStore(object) | Self::Live(object) => Some(object),
            Self::Labelled(_) | Self::MlflowServers => None,
        }
    }

    /// Whether it asks for an existing object of the FeatureStore. Without a cluster, the answer is
    /// [`Answer::Absent`].
    pub fn is_live(&self) -> bool {
        matches!(self, Self::Live(_) | Self::Labelled(_))
    }

    /// Looks up the answer among objects in memory.
    ///
    /// # Errors
    ///
    /// An object does not match its kind.
    pub fn among(&self, objects: &BTreeMap<ObjectRef, Value>) -> Result<Answer, WrongAnswer> {
        match self.object() {
            Some(object) => self.read(objects.get(object).cloned()),
            None => self.read(
                objects
                    .iter()
                    .filter(|(object, value)| self.selects(object, value))
                    .map(|(_, value)| value.clone()),
            ),
        }
    }

    /// Whether an object is part of the answer.
    pub fn selects(&self, object: &ObjectRef, value: &Value) -> bool {
        match self {
            Self::Labelled(selection) => selection.selects(object, value),
            Self::MlflowServers => {
                object.api_version == MlflowServer::API_VERSION && object.kind == MlflowServer::KIND
            }
            _ => self.object() == Some(object),
        }
    }

    /// The answer from JSON objects: all that were found, or at most one if it asks for
    /// [one](Self::object).
    ///
    /// # Errors
    ///
    /// An object does not match its kind.
    pub fn read(&self, objects: impl IntoIterator<Item = Value>) -> Result<Answer, WrongAnswer> {
        let mut objects = objects.into_iter().peekable();
        if objects.peek().is_none() {
            return Ok(Answer::Absent);
        }
        let found = self.found(objects).map(Answer::Found);
        found.ok_or_else(|| WrongAnswer::new(self, Fault::Unreadable))
    }

    fn found(&self, mut objects: impl Iterator<Item = Value>) -> Option<Found> {
        fn one<T: DeserializeOwned + Into<Found>>(value: &Value) -> Option<Found> {
            feast_api::from_value::<T>(value).ok().map(Into::into)
        }
        match self {
            Self::Secret(_) => one::<Secret>(&objects.next()?),
            Self::ConfigMap(_) => one::<ConfigMap>(&objects.next()?),
            Self::FeatureStore(_) => one::<FeatureStore>(&objects.next()?),
            Self::Live(object) if object.is::<Deployment>() => one::<Deployment>(&objects.next()?),
            Self::Live(object) if object.is::<ConfigMap>() => one::<ConfigMap>(&objects.next()?),
            Self::Live(_) => metadata(&objects.next()?).map(Into::into),
            Self::Labelled(selection) if selection.is::<Pod>() => {
                let pods = objects.map(|object| feast_api::from_value(&object).ok());
                pods.collect::<Option<Vec<Pod>>>().map(Into::into)
            }
            Self::Labelled(_) => objects
                .map(|object| metadata(&object))
                .collect::<Option<Vec<_>>>()
                .map(Into::into),
            Self::MlflowServers => Some(Found::MlflowServers(objects.collect())),
        }
    }
}

fn metadata(object: &Value) -> Option<ObjectMeta> {
    feast_api::from_value(object.get("metadata")?).ok()
}

/// `kind namespace/name`, for people.
impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.object(), self) {
            (Some(object), _) => write!(f, "{} {}", object.kind, object.place()),
            (None, Self::Labelled(selection)) => write!(
                f,
                "{} of namespace {} with {}",
                selection.kind,
                selection.namespace,
                selection.selector()
            ),
            (None, _) => f.write_str("MLflow servers"),
        }
    }
}
