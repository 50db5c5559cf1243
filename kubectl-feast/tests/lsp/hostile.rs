//! Clients with errors and hostile clients always get a response, and the server ends.

use serde_json::{Value, json};

use crate::editor::{Editor, at, codes, folder, uri};

const STORE: &str =
    "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shop}\nspec: {replicas: x}\n";

fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_default()
}

#[test]
fn requests_have_their_time() {
    let mut editor = Editor::start(&["--stdio"]);
    assert_eq!(
        code(&editor.request("textDocument/hover", &at("file:///a", 0, 0))),
        -32002
    );
    // The server is not initialized yet.
    editor.notify("textDocument/didOpen", &json!({ "textDocument": 1 }));
    editor.ask("initialize", &json!({ "capabilities": {} }));
    assert_eq!(code(&editor.request("initialize", &json!({}))), -32601);
    assert_eq!(
        code(&editor.request("textDocument/rename", &json!({}))),
        -32601
    );
    editor.notify("$/cancelRequest", &json!({ "id": 1 }));
    editor.notify("textDocument/rumour", &json!([]));
    editor.ask("shutdown", &Value::Null);
    assert_eq!(
        code(&editor.request("textDocument/hover", &at("file:///a", 0, 0))),
        -32600
    );
    editor.notify("exit", &Value::Null);
    assert_eq!(editor.leave().code(), Some(0));
}

#[test]
fn who_goes_without_a_word_has_failed() {
    assert_eq!(Editor::plain().leave().code(), Some(1));
    let mut editor = Editor::plain();
    editor.notify("exit", &Value::Null);
    assert_eq!(editor.leave().code(), Some(1));
}

#[test]
fn nonsense_is_answered() {
    let mut editor = Editor::plain();
    for (content, expected) in [
        ("{", -32700),
        ("\u{0}", -32700),
        ("[]", -32600),
        ("{\"jsonrpc\": \"2.0\"}", -32600),
        ("{\"id\": [1], \"method\": 5}", -32600),
    ] {
        let frame = format!("Content-Length: {}\r\n\r\n{content}", content.len());
        editor.send_bytes(frame.as_bytes());
        let answer = editor.next_answer();
        assert_eq!(
            (code(&answer), &answer["id"]),
            (expected, &Value::Null),
            "{content}"
        );
    }
    for method in ["hover", "completion", "codeAction"] {
        let method = format!("textDocument/{method}");
        for params in [
            json!(null),
            json!([1]),
            json!({ "textDocument": { "uri": 1 } }),
        ] {
            assert_eq!(
                code(&editor.request(&method, &params)),
                -32602,
                "{method} {params}"
            );
        }
    }
    for method in ["didOpen", "didChange", "didClose"] {
        editor.notify(
            &format!("textDocument/{method}"),
            &json!({ "textDocument": {} }),
        );
    }
    editor.notify(
        "workspace/didChangeWorkspaceFolders",
        &json!({ "event": 1 }),
    );
    assert!(editor.stop().success());
}

#[test]
fn a_stream_that_is_no_stream_of_messages_ends_it() {
    for bytes in [
        &b"Content-Length: many\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\n\r\n",
        b"Content-Length: 18446744073709551616\r\n\r\n",
        b"\xff\xfe\n",
    ] {
        let mut editor = Editor::plain();
        editor.send_bytes(bytes);
        assert_eq!(editor.leave().code(), Some(2), "{bytes:?}");
    }
    // The announced length is not allocated.
    let mut editor = Editor::plain();
    editor.send_bytes(b"Content-Length: 18446744073709551615\r\n\r\n{}");
    assert_ne!(editor.leave().code(), Some(0));
}

#[test]
fn places_outside_of_a_text_are_nowhere() {
    let folder = folder("outside", &[]);
    let shop = uri(&folder.join("shop.yaml"));
    let mut editor = Editor::in_folder(&folder, &json!({}));
    editor.open(&shop, STORE);
    let (_, found) = editor.diagnostics(&shop);
    assert!(codes(&found).contains(&"wrong-type"));
    for (line, character) in [(0, u32::MAX), (u32::MAX, 0), (u32::MAX, u32::MAX), (4, 0)] {
        let place = at(&shop, line, character);
        assert_eq!(editor.ask("textDocument/hover", &place), Value::Null);
        editor.ask("textDocument/completion", &place);
        let end = &place["position"];
        let range = json!({ "start": end, "end": { "line": 0, "character": 0 } });
        let params = json!({
            "textDocument": { "uri": shop }, "range": range, "context": { "diagnostics": [] },
        });
        editor.ask("textDocument/codeAction", &params);
    }
    // A change after the end appends; one that ends before it starts inserts.
    let far = json!({ "line": u32::MAX, "character": 9 });
    let start = json!({ "line": 0, "character": 0 });
    editor.change(
        &shop,
        2,
        &json!([{ "range": { "start": far, "end": start }, "text": "# \u{1d11e}" }]),
    );
    assert_eq!(editor.diagnostics(&shop).0, 2);
    // Texts that are not open do not change.
    editor.change("file:///nowhere", 1, &json!([{ "text": "" }]));
    for uri in ["file:///nowhere", "untitled:a", "", "file://"] {
        assert_eq!(
            editor.ask("textDocument/hover", &at(uri, 0, 0)),
            Value::Null
        );
    }
    assert!(editor.stop().success());
}

#[test]
fn a_text_without_a_file_is_checked_alone() {
    let mut editor = Editor::plain();
    editor.open("untitled:Untitled-1", STORE);
    let (_, found) = editor.diagnostics("untitled:Untitled-1");
    assert!(codes(&found).contains(&"wrong-type"));
    assert!(editor.stop().success());
}

#[test]
fn large_and_deep_texts_are_answered() {
    let folder = folder("large", &[]);
    let shop = uri(&folder.join("shop.yaml"));
    let mut editor = Editor::in_folder(&folder, &json!({}));
    let many = format!("{STORE}---\n").repeat(200);
    let deep = format!("{STORE}---\na: {}", "[".repeat(50_000));
    let long = format!(
        "{STORE}---\na: [{}]\n",
        "{b: 'c', \"d\": e}, ".repeat(100_000)
    );
    let dashes = format!("{STORE}---\n{}", "- ".repeat(50_000));
    let huge = format!("{STORE}---\na: {}\n", "b".repeat(9 << 20));
    editor.open(&shop, "");
    assert_eq!(editor.diagnostics(&shop).1, Vec::<Value>::new());
    for (version, text) in (2..).zip([many, deep, long, dashes, huge]) {
        editor.change(&shop, version, &json!([{ "text": text }]));
        assert_eq!(editor.diagnostics(&shop).0, version);
        let line = u32::try_from(text.lines().count() - 1).expect("few lines");
        for place in [
            at(&shop, 3, 8),
            at(&shop, line, 5_000),
            at(&shop, line, 40_000),
        ] {
            editor.ask("textDocument/hover", &place);
            editor.ask("textDocument/completion", &place);
        }
    }
    assert!(editor.stop().success());
}
