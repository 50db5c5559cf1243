//! Questions and answers as JSON.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::changes::{Against, changes};
use crate::examine::examine;
use crate::options::{Error, Options, choices};
use crate::render::{draw, render};
use crate::share::share;
use crate::writing::{complete, hover};

/// A question of the page.
#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "camelCase")]
enum Question {
    Choices,
    Examine {
        text: String,
        options: Options,
    },
    Render {
        text: String,
        options: Options,
    },
    Draw {
        text: String,
        options: Options,
    },
    Complete {
        text: String,
        offset: usize,
        options: Options,
    },
    Hover {
        text: String,
        offset: usize,
    },
    Changes {
        text: String,
        options: Options,
        against: Against,
    },
    Share {
        text: String,
    },
}

/// Answers a question: `{"answer": ...}`, or `{"error": "..."}`.
///
/// ```
/// use feast_playground::ask;
///
/// let text = "kind: Secret\nmetadata: {name: db}\nstringData: {password: hunter2}\n";
/// let answer = ask(&format!(r#"{{"ask": "share", "text": {text:?}}}"#));
/// assert!(answer.starts_with(r#"{"answer":{"text":"#) && !answer.contains("hunter2"));
/// assert!(ask("?").starts_with(r#"{"error":"#));
/// ```
pub fn ask(question: &str) -> String {
    let question = serde_json::from_str(question).map_err(Error::Question);
    match question.and_then(answer) {
        Ok(answer) => answer,
        Err(error) => json!({ "error": error.to_string() }).to_string(),
    }
}

fn answer(question: Question) -> Result<String, Error> {
    match question {
        Question::Choices => written(&choices()),
        Question::Examine { text, options } => written(&examine(&text, &options)?),
        Question::Render { text, options } => written(&render(&text, &options)?),
        Question::Draw { text, options } => written(&draw(&text, &options)?),
        Question::Complete {
            text,
            offset,
            options,
        } => written(&complete(&text, offset, &options)?),
        Question::Hover { text, offset } => written(&hover(&text, offset)),
        Question::Changes {
            text,
            options,
            against,
        } => written(&changes(&text, &options, &against)?),
        Question::Share { text } => written(&share(&text)),
    }
}

fn written(answer: &impl Serialize) -> Result<String, Error> {
    #[derive(Serialize)]
    struct Answered<'a, T> {
        answer: &'a T,
    }
    serde_json::to_string(&Answered { answer }).map_err(Error::Answer)
}
