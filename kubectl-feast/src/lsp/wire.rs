//! Messages on a stream, framed as in LSP's base protocol.
//!
//! `lsp-server` also has a reader, but it trusts its peer: it allocates any length that a header
//! announces, and stops at the first message that it cannot parse.

use std::io::{self, BufRead, Read as _, Write};

use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};

/// Maximum size of a message; larger ones are skipped and answered with an error.
const MOST: u64 = 64 << 20;
/// Maximum length of a header line.
const MOST_OF_HEADER: u64 = 4 << 10;

/// Something that was read.
#[derive(Debug)]
pub(super) enum Incoming {
    Message(Message),
    /// An invalid message, with the error to send.
    Malformed(ErrorCode, String),
    /// An error after which the start of the next message is unknown.
    Broken(io::Error),
}

/// The next message; `None` at the end of the stream.
pub(super) fn read(input: &mut impl BufRead) -> Option<Incoming> {
    next(input).unwrap_or_else(|error| Some(Incoming::Broken(error)))
}

fn next(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = header(input)? else {
        return Ok(None);
    };
    let mut content = input.take(length);
    if length > MOST {
        io::copy(&mut content, &mut io::sink())?;
        let message = format!("a message of {length} bytes exceeds the limit of {MOST}");
        return Ok(Some(Incoming::Malformed(
            ErrorCode::InvalidRequest,
            message,
        )));
    }
    let mut bytes = Vec::new();
    content.read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < length {
        return Err(invalid("the stream ends within a message"));
    }
    Ok(Some(message(&bytes)))
}

/// The length in a header; `None` at the end of the stream.
fn header(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    let mut length = None;
    loop {
        let mut line = Vec::new();
        let read = input.take(MOST_OF_HEADER).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(None);
        }
        let line = std::str::from_utf8(&line).ok();
        let line = line.and_then(|line| line.strip_suffix('\n'));
        let line = line.ok_or_else(|| invalid("a header is not text"))?;
        let line = line.trim_end_matches('\r');
        if line.is_empty() {
            break;
        }
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| invalid("a header has no `:`"))?;
        if name.eq_ignore_ascii_case("Content-Length") {
            let value = value.trim().parse();
            length = Some(value.map_err(|_| invalid("Content-Length is not a number"))?);
        }
    }
    let length = length.ok_or_else(|| invalid("Content-Length is missing"))?;
    Ok(Some(length))
}

fn invalid(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, message)
}

fn message(bytes: &[u8]) -> Incoming {
    let Ok(value) = serde_json::from_slice::<Value>(bytes) else {
        return Incoming::Malformed(ErrorCode::ParseError, "not JSON".to_owned());
    };
    if let Ok(message) = serde_json::from_value(value) {
        return Incoming::Message(message);
    }
    let message = "not a request, response or notification".to_owned();
    Incoming::Malformed(ErrorCode::InvalidRequest, message)
}

/// Writes a message.
pub(super) fn write(message: impl Into<Message>, out: &mut impl Write) -> io::Result<()> {
    message.into().write(out)
}

/// Sends an error for an invalid message, without an id.
pub(super) fn refuse(code: ErrorCode, message: &str, out: &mut impl Write) -> io::Result<()> {
    let error = json!({ "code": code as i32, "message": message });
    let text = json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string();
    write!(out, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All messages of a stream.
    fn all(mut stream: &[u8]) -> Vec<String> {
        let incoming = std::iter::from_fn(|| read(&mut stream));
        let shown = incoming.map(|incoming| match incoming {
            Incoming::Message(Message::Request(request)) => request.method,
            Incoming::Message(message) => format!("{message:?}"),
            Incoming::Malformed(_, message) => message,
            Incoming::Broken(error) => format!("broken: {error}"),
        });
        shown.collect()
    }

    fn frame(content: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{content}", content.len())
    }

    #[test]
    fn an_invalid_message_does_not_affect_others() {
        let request = frame(r#"{"jsonrpc": "2.0", "id": 1, "method": "a"}"#);
        let stream = [
            &*frame("{"),
            &frame("[]"),
            &request,
            &frame(&"[".repeat(1000)),
            &request,
        ];
        assert_eq!(
            all(stream.concat().as_bytes()),
            [
                "not JSON",
                "not a request, response or notification",
                "a",
                "not JSON",
                "a"
            ]
        );
    }

    #[test]
    fn other_headers_are_ignored() {
        let content = r#"{"id": "x", "method": "a"}"#;
        let stream = format!(
            "Content-Type: application/json\ncontent-length:{}\n\n{content}",
            content.len()
        );
        assert_eq!(all(stream.as_bytes()), ["a"]);
    }

    #[test]
    fn a_header_that_announces_nonsense_ends_the_stream() {
        for (stream, expected) in [
            (
                "Content-Length: 5\r\n\r\n{}",
                "the stream ends within a message",
            ),
            (
                "Content-Length: -1\r\n\r\n{}",
                "Content-Length is not a number",
            ),
            (
                "Content-Length: 99999999999999999999\r\n\r\n",
                "Content-Length is not a number",
            ),
            ("\r\n{}", "Content-Length is missing"),
            ("hello\r\n\r\n", "a header has no `:`"),
            ("Content-Length: 2", "a header is not text"),
        ] {
            let found = all(stream.as_bytes());
            assert_eq!(
                found.first(),
                Some(&format!("broken: {expected}")),
                "{stream}"
            );
        }
        let endless = vec![b'a'; 1 << 20];
        assert_eq!(all(&endless)[0], "broken: a header is not text");
        // The announced length is not allocated.
        let large = format!("Content-Length: {}\r\n\r\n{{}}", u64::MAX);
        assert!(all(large.as_bytes())[0].contains("exceeds the limit of 67108864"));
    }
}
