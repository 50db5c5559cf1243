//! The Common Expression Language, as the API server runs the rules of a CustomResourceDefinition.

mod data;
mod fault;
mod go;
mod library;
mod range;
mod time;
mod types;
mod value;
