//! What needs the server for itself.

mod adoption;
mod samples;
