//! Manifests in Python's forms.

use std::io;
use std::path::PathBuf;

use feast_check::Text;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use crate::failure::Failure;
use crate::json;

/// Texts of manifests.
#[derive(Default)]
pub(crate) struct Manifests(Vec<Manifest>);

/// A text of manifests.
pub(crate) struct Manifest {
    pub(crate) text: Text,
    /// Whether it was generated from an object, so that its lines are unknown to the user.
    pub(crate) is_written: bool,
}

impl Manifests {
    /// From a text, an object, the path of a file, or a list of those.
    pub(crate) fn of(given: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        if !given.is_instance_of::<PyList>() && !given.is_instance_of::<PyTuple>() {
            return Ok(Self(vec![manifest("manifests".to_owned(), given)?]));
        }
        let items = given.try_iter()?.enumerate();
        let manifests = items.map(|(place, item)| manifest(format!("manifests[{place}]"), &item?));
        Ok(Self(manifests.collect::<Result<_, _>>()?))
    }

    /// The same for an optional argument.
    pub(crate) fn of_optional(given: Option<&Bound<'_, PyAny>>) -> Result<Self, Failure> {
        given.map_or_else(|| Ok(Self::default()), Self::of)
    }
}

impl IntoIterator for Manifests {
    type Item = Manifest;
    type IntoIter = std::vec::IntoIter<Manifest>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

fn manifest(name: String, given: &Bound<'_, PyAny>) -> Result<Manifest, Failure> {
    if let Ok(text) = given.cast::<PyString>() {
        let text = text.to_str().map_err(|_| {
            let why = "contains a lone surrogate: decode it as UTF-8";
            Failure::Manifest(format!("{name} {why}"))
        })?;
        return Ok(Manifest {
            text: Text::new(name, text),
            is_written: false,
        });
    }
    if given.is_instance_of::<PyDict>() {
        let text = json::of_python(given)?.map_err(|why| {
            Failure::Manifest(format!(
                "{name} contains a value that JSON cannot represent: {why}"
            ))
        })?;
        return Ok(Manifest {
            text: Text::new(name, text),
            is_written: true,
        });
    }
    if given.hasattr("__fspath__")? {
        return file(&given.extract()?);
    }
    let found = given.get_type().name()?;
    Err(Failure::Manifest(format!(
        "{name} is of the type {found}: give a text of YAML or JSON, a dict, a pathlib.Path, or a \
         list of those"
    )))
}

fn file(path: &PathBuf) -> Result<Manifest, Failure> {
    let name = path.display().to_string();
    // Rust's messages do not name the file.
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
    let content = std::fs::read(path).map_err(|error| PyErr::from(named(error)))?;
    let content = String::from_utf8(content)
        .map_err(|_| Failure::Manifest(format!("{name} is not UTF-8 text")))?;
    Ok(Manifest {
        text: Text::new(name, content),
        is_written: false,
    })
}
