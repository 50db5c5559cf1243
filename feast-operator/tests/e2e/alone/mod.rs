//! What needs the server for itself.

mod adoption;
mod going_back;
mod samples;
