//! The language server, with a simulated editor.

mod editor;
mod hostile;

use std::fs;

use serde_json::{Value, json};

use self::editor::{Editor, apply, at, codes, folder, uri};

/// A FeatureStore that scales on files; its path contains non-ASCII characters.
const SCALING: &str = "\
apiVersion: feast.dev/v1
kind: FeatureStore
metadata: {name: shop}
spec:
  feastProject: shop
  replicas: 2
  services:
    registry: {remote: {hostname: 'registry:80'}}
    onlineStore: {persistence: {file: {path: '/\u{fc}\u{1d11e}.db'}}} # \u{1d11e}
";

fn everything() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } },
        "textDocument": {
            "publishDiagnostics": { "relatedInformation": true, "codeDescriptionSupport": true },
            "hover": { "contentFormat": ["markdown"] },
        },
    })
}

fn span(found: &Value) -> [u64; 4] {
    let number = |pointer: &str| {
        found
            .pointer(pointer)
            .and_then(Value::as_u64)
            .expect("a number")
    };
    [
        number("/start/line"),
        number("/start/character"),
        number("/end/line"),
        number("/end/character"),
    ]
}

#[test]
fn findings_come_as_one_types() {
    let folder = folder("types", &[(".feast-lint.yaml", "lints: {all: allow}\n")]);
    let shop = uri(&folder.join("shop.yaml"));
    let mut editor = Editor::in_folder(&folder, &everything());
    editor.open(&shop, SCALING);
    let (version, found) = editor.diagnostics(&shop);
    assert_eq!(version, 1);
    assert_eq!(codes(&found), ["scaling-online-store"]);
    let found = &found[0];
    assert_eq!(found["severity"], 1);
    assert_eq!(found["source"], "feast");
    assert_eq!(span(&found["range"]), [5, 12, 5, 13]);
    let page = found["codeDescription"]["href"].as_str().expect("a page");
    assert!(
        page.ends_with("/docs/rules.md#scaling-online-store"),
        "{page}"
    );
    let related = &found["relatedInformation"][0];
    assert_eq!(related["message"], "pods cannot share a file");
    assert_eq!(related["location"]["uri"], shop);
    assert_eq!(span(&related["location"]["range"]), [8, 32, 8, 36]);
    // The server asked to be notified of changed files.
    assert_eq!(editor.asked[0]["method"], "client/registerCapability");

    // The last line in UTF-16: replaces the path with a longer one, then the number of replicas.
    editor.change(
        &shop,
        2,
        &json!([
            { "range": { "start": { "line": 8, "character": 47 }, "end": { "line": 8, "character": 50 } }, "text": "online" },
            { "range": { "start": { "line": 5, "character": 12 }, "end": { "line": 5, "character": 13 } }, "text": "1" },
        ]),
    );
    assert_eq!(editor.diagnostics(&shop), (json!(2), vec![]));
    // The server's text matches the editor's.
    let broken = SCALING
        .replace("replicas: 2", "replicas: 1")
        .replace("\u{fc}\u{1d11e}", "online");
    editor.change(
        &shop,
        3,
        &json!([{ "text": broken.replace("spec:", "spec") }]),
    );
    let (_, found) = editor.diagnostics(&shop);
    assert_eq!(codes(&found), ["unreadable-document"]);
    editor.notify(
        "textDocument/didClose",
        &json!({ "textDocument": { "uri": shop } }),
    );
    assert_eq!(editor.diagnostics(&shop).1, Vec::<Value>::new());
    assert!(editor.stop().success());
}

#[test]
fn positions_are_counted_as_agreed() {
    let folder = folder(
        "positions",
        &[(".feast-lint.yaml", "lints: {all: allow}\n")],
    );
    let shop = uri(&folder.join("shop.yaml"));
    let text = "{apiVersion: feast.dev/v1, kind: FeatureStore, metadata: {name: a}, spec: {feastProject: '\u{fc}\u{1d11e}', replicas: x}}\n";
    // The preceding characters are one, two or three bytes or units longer.
    for (encodings, name, column) in [
        (json!([]), "utf-16", 106),
        (json!(["utf-16", "utf-8"]), "utf-16", 106),
        (json!(["utf-8", "utf-16"]), "utf-8", 109),
        (json!(["utf-32"]), "utf-32", 105),
    ] {
        let mut editor = Editor::start(&[]);
        let answer = editor.ask(
            "initialize",
            &json!({
                "capabilities": { "general": { "positionEncodings": encodings } },
                "rootUri": uri(&folder),
            }),
        );
        assert_eq!(answer["capabilities"]["positionEncoding"], name);
        editor.notify("initialized", &json!({}));
        editor.open(&shop, text);
        let (_, found) = editor.diagnostics(&shop);
        let at: Vec<_> = found
            .iter()
            .filter(|found| found["code"] == "wrong-type")
            .collect();
        assert_eq!(span(&at[0]["range"]), [0, column, 0, column + 1], "{name}");
        assert!(editor.stop().success());
    }
}

#[test]
fn other_documents_count_as_they_are_in_the_editor() {
    let store = "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shop}\nspec:\n  \
                 feastProject: shop\n  services:\n    registry: {local: {persistence: {store: \
                 {type: sql, secretRef: {name: db}}}}}\n";
    let secret =
        "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {sql: 'path: ${SQL}'}\n";
    let folder = folder(
        "others",
        &[
            ("secret.yaml", &secret.replace("path:", "nonsense")),
            ("shop.yaml", store),
            (
                ".feast-lint.yaml",
                "lints: {all: allow, not-renderable: deny}\n",
            ),
        ],
    );
    let [shop, secret_uri] = ["shop.yaml", "secret.yaml"].map(|file| uri(&folder.join(file)));
    let mut editor = Editor::in_folder(&folder, &everything());
    editor.open(&shop, store);
    assert_eq!(codes(&editor.diagnostics(&shop).1), ["not-renderable"]);
    // It is fixed in the editor, but not saved.
    editor.open(&secret_uri, secret);
    assert_eq!(editor.diagnostics(&shop).1, Vec::<Value>::new());
    editor.notify(
        "textDocument/didClose",
        &json!({ "textDocument": { "uri": secret_uri } }),
    );
    assert_eq!(codes(&editor.diagnostics(&shop).1), ["not-renderable"]);
    // The file is fixed on disk.
    fs::write(folder.join("secret.yaml"), secret).expect("a file");
    let changes = json!({ "changes": [{ "uri": secret_uri, "type": 2 }] });
    editor.notify("workspace/didChangeWatchedFiles", &changes);
    assert_eq!(editor.diagnostics(&shop).1, Vec::<Value>::new());
    // Both can be in one text.
    editor.change(
        &shop,
        2,
        &json!([{ "text": format!("{}---\n{store}", secret.replace("sql:", "other:")) }]),
    );
    assert_eq!(codes(&editor.diagnostics(&shop).1), ["not-renderable"]);
    assert!(editor.stop().success());
}

#[test]
fn settings_are_those_of_validate() {
    let folder = folder("settings", &[(".feast-lint.yaml", "release: '0.60'\n")]);
    let [shop, settings] = ["shop.yaml", ".feast-lint.yaml"].map(|file| uri(&folder.join(file)));
    let mut editor = Editor::in_folder(&folder, &everything());
    editor.open(&shop, SCALING);
    // That release had no replicas.
    assert!(codes(&editor.diagnostics(&shop).1).contains(&"unknown-field"));
    editor.open(&settings, "lint: {}\n");
    let (_, found) = editor.diagnostics(&settings);
    assert_eq!(
        found[0]["message"],
        "unknown setting `lint`: did you mean `lints`?"
    );
    assert_eq!(span(&found[0]["range"]), [0, 0, 0, 8]);
    // The file on disk is used, and its errors are reported once.
    fs::write(folder.join(".feast-lint.yaml"), "lint: {}\n").expect("a file");
    editor.notify(
        "textDocument/didSave",
        &json!({ "textDocument": { "uri": settings } }),
    );
    assert!(
        editor
            .message()
            .ends_with(".feast-lint.yaml:1:1: unknown setting `lint`: did you mean `lints`?")
    );
    assert!(codes(&editor.diagnostics(&shop).1).contains(&"scaling-online-store"));
    assert!(editor.stop().success());
}

#[test]
fn what_is_no_manifest_is_left_alone() {
    let patch = "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {name: shop}\nspec: {replicas: x}\n";
    let folder = folder(
        "alone",
        &[
            ("kustomization.yaml", "patches: [{path: patch.yaml}]\n"),
            ("patch.yaml", patch),
            ("compose.yaml", "services: {a: {image: b}}\n"),
        ],
    );
    let mut editor = Editor::in_folder(&folder, &everything());
    for (file, text) in [
        ("patch.yaml", patch),
        ("compose.yaml", "services: {a: {image: b}}\n"),
        ("compose2.yaml", "services: {a: [\n"),
        (
            "template.yaml",
            &patch.replace("shop", "{{ .Values.name }}"),
        ),
        ("notes.txt", "hello\n"),
    ] {
        let address = uri(&folder.join(file));
        editor.open(&address, text);
        assert_eq!(
            editor.diagnostics(&address).1,
            Vec::<Value>::new(),
            "{file}"
        );
    }
    assert!(editor.stop().success());
}

#[test]
fn a_field_is_explained() {
    let folder = folder("hover", &[]);
    let shop = uri(&folder.join("shop.yaml"));
    let mut editor = Editor::in_folder(&folder, &everything());
    // The text may be incomplete.
    editor.open(&shop, &format!("{SCALING}    offl\n"));
    let hover = editor.ask("textDocument/hover", &at(&shop, 5, 4));
    assert_eq!(hover["contents"]["kind"], "markdown");
    let text = hover["contents"]["value"].as_str().expect("a text");
    assert!(
        text.starts_with("**spec.replicas** `integer`\n\n"),
        "{text}"
    );
    for part in ["\n- default: `1`", "\n- since: `", "\n- at least: `"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(span(&hover["range"]), [5, 2, 5, 10]);
    let hover = editor.ask("textDocument/hover", &at(&shop, 8, 34));
    let text = hover["contents"]["value"].as_str().expect("a text");
    assert!(
        text.starts_with("**spec.services.onlineStore.persistence.file**"),
        "{text}"
    );
    assert!(
        text.contains("`online-file-absolute`: Ephemeral stores must"),
        "{text}"
    );
    for (line, character) in [(8, 80), (0, 2000), (9, 5)] {
        let nothing = editor.ask("textDocument/hover", &at(&shop, line, character));
        assert_eq!(nothing, Value::Null, "{line} {character}");
    }
    assert!(editor.stop().success());
}

/// The completions at `|` in a FeatureStore's spec.
fn offered(editor: &mut Editor, folder: &std::path::Path, spec: &str) -> Vec<Value> {
    let text = format!(
        "apiVersion: feast.dev/v1\nkind: FeatureStore\nmetadata: {{name: a}}\nspec:\n{spec}"
    );
    let byte = text.find('|').expect("a cursor");
    let before = &text[..byte];
    let line = before.matches('\n').count();
    let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
    let shop = uri(&folder.join("shop.yaml"));
    editor.open(&shop, &text.replacen('|', "", 1));
    let place = at(
        &shop,
        u32::try_from(line).expect("few"),
        u32::try_from(column).expect("few"),
    );
    let items = editor.ask("textDocument/completion", &place);
    items.as_array().cloned().unwrap_or_default()
}

fn labels(items: &[Value]) -> Vec<&str> {
    items
        .iter()
        .map(|item| item["label"].as_str().expect("a label"))
        .collect()
}

#[test]
fn fields_and_values_are_offered() {
    let folder = folder("completion", &[]);
    let mut editor = Editor::in_folder(&folder, &everything());
    let mut at = |spec: &str| offered(&mut editor, &folder, spec);

    let items = at("  repl|\n  feastProject: a\n");
    let replicas = items
        .iter()
        .find(|item| item["label"] == "replicas")
        .expect("a field");
    assert_eq!(replicas["textEdit"]["newText"], "replicas: ");
    assert_eq!(span(&replicas["textEdit"]["range"]), [4, 2, 4, 6]);
    assert_eq!(replicas["detail"], "integer");
    // Existing fields are not offered again.
    assert!(!labels(&items).contains(&"feastProject"));

    let items = at("  feastProject: a\n  services:\n    |");
    assert!(labels(&items).contains(&"onlineStore"), "{items:?}");
    let items = at("  services: {onlineStore: {persistence: {store: {type: |}}}}\n");
    assert!(labels(&items).contains(&"postgres"), "{items:?}");
    let items = at("  services:\n    runFeastApplyOnInit: f|\n");
    assert_eq!(labels(&items), ["true", "false"]);
    let items = at("  services: {onlineStore: {persistence: {store: {|");
    let required = items
        .iter()
        .find(|item| item["label"] == "type")
        .expect("a field");
    assert_eq!(required["sortText"], "0type");
    let items = at("  services:\n    volumes:\n    - name: a\n      |\n");
    assert!(labels(&items).contains(&"emptyDir"), "{items:?}");
    // A name with a colon keeps it.
    let items = at("  repl|: 3\n");
    let replicas = items
        .iter()
        .find(|item| item["label"] == "replicas")
        .expect("a field");
    assert_eq!(replicas["textEdit"]["newText"], "replicas");
    for nothing in [
        "  feastProject: |\n",
        "  # |\n",
        "  services: | \n   a|",
        "  nonsense:\n    |\n",
    ] {
        assert_eq!(at(nothing), Vec::<Value>::new(), "{nothing}");
    }
    assert!(editor.stop().success());
}

#[test]
fn an_older_release_is_offered_its_own_fields() {
    let folder = folder("older", &[(".feast-lint.yaml", "release: '0.60'\n")]);
    let mut editor = Editor::in_folder(&folder, &everything());
    let items = offered(&mut editor, &folder, "  |");
    let found = labels(&items);
    assert!(
        found.contains(&"services") && !found.contains(&"replicas"),
        "{found:?}"
    );
    assert!(editor.stop().success());
}

#[test]
fn fixes_are_offered_and_mend() {
    let folder = folder("fixes", &[]);
    let shop = uri(&folder.join("shop.yaml"));
    let mut editor = Editor::in_folder(&folder, &everything());
    let text = "apiVersion: feast.dev/v1 # as agreed\nkind: FeatureStore\nmetadata: {name: shop}\n\
                spec:\n  feast_project: shop # ours\n  replicas: \"1\"\n";
    editor.open(&shop, text);
    let (_, found) = editor.diagnostics(&shop);
    assert!(codes(&found).contains(&"unknown-field"), "{found:?}");
    let range = |line: u32| json!({ "start": { "line": line, "character": 3 }, "end": { "line": line, "character": 3 } });
    let mut actions = |only: Value, line: u32| {
        let mut context = json!({ "diagnostics": [] });
        if !only.is_null() {
            context["only"] = only;
        }
        let params =
            json!({ "textDocument": { "uri": shop }, "range": range(line), "context": context });
        let actions = editor.ask("textDocument/codeAction", &params);
        actions.as_array().cloned().expect("a list")
    };
    let offered = actions(Value::Null, 4);
    assert_eq!(offered.len(), 1, "{offered:?}");
    assert_eq!(
        offered[0]["title"],
        "Rename spec.feast_project to feastProject"
    );
    assert_eq!(offered[0]["kind"], "quickfix");
    assert_eq!(offered[0]["isPreferred"], true);
    assert_eq!(offered[0]["diagnostics"][0]["code"], "unknown-field");
    let mended = apply(text, &offered[0], &shop);
    assert_eq!(mended, text.replace("feast_project", "feastProject"));
    assert_eq!(actions(json!(["refactor"]), 4), Vec::<Value>::new());
    assert_eq!(actions(json!(["quickfix"]), 0), Vec::<Value>::new());
    let all = actions(json!(["source.fixAll"]), 0);
    assert_eq!(all.len(), 1, "{all:?}");
    let mended = apply(text, &all[0], &shop);
    assert_eq!(
        mended,
        text.replace("feast_project", "feastProject")
            .replace("\"1\"", "1")
    );
    assert!(editor.stop().success());
}
