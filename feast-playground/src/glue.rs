//! The functions that JavaScript calls.

#![allow(unreachable_pub, reason = "JavaScript reaches it")]

use wasm_bindgen::prelude::wasm_bindgen;

/// Answers a question, both as JSON.
#[wasm_bindgen]
pub fn ask(question: &str) -> String {
    crate::ask(question)
}
