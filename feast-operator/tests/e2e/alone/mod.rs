//! Tests that need the whole server.

mod adoption;
mod going_back;
mod samples;
