//! Conversion between JSON and Python objects.

use pyo3::exceptions::{PyRecursionError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{IntoPyDict, PyString};
use serde::Serialize;
use serde_json::Value;

use crate::failure::Failure;

/// A JSON text, which can be built without the interpreter's lock.
pub(crate) struct Json(String);

/// Serializes a result to JSON.
pub(crate) fn text(value: &impl Serialize) -> Result<Json, Failure> {
    Ok(Json(serde_json::to_string(value)?))
}

/// A JSON text as numbers, strings, dicts and lists.
pub(crate) fn to_python<'py>(py: Python<'py>, json: &Json) -> PyResult<Bound<'py, PyAny>> {
    py.import("json")?.call_method1("loads", (&json.0,))
}

/// A value as numbers, strings, dicts and lists.
pub(crate) fn of_value<'py>(py: Python<'py>, value: &Value) -> PyResult<Bound<'py, PyAny>> {
    to_python(py, &Json(value.to_string()))
}

/// A Python object as JSON, or the reason why not, without its content.
pub(crate) fn of_python(object: &Bound<'_, PyAny>) -> Result<Result<String, String>, PyErr> {
    let py = object.py();
    let options = [("allow_nan", false)].into_py_dict(py)?;
    let written = py
        .import("json")?
        .call_method("dumps", (object,), Some(&options));
    match written {
        Ok(text) => Ok(Ok(text.cast::<PyString>()?.to_str()?.to_owned())),
        Err(error) => {
            let is_no_json = error.is_instance_of::<PyTypeError>(py)
                || error.is_instance_of::<PyValueError>(py)
                || error.is_instance_of::<PyRecursionError>(py);
            if is_no_json {
                Ok(Err(error.value(py).to_string()))
            } else {
                Err(error)
            }
        }
    }
}
