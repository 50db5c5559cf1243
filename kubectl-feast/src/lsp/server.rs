//! Answers messages.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use gen_lsp_types as lsp;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::client::Client;
use super::documents::Document;
use super::position::Lines;
use super::wire::{self, Incoming};
use super::workspace::{self, Workspace};
use super::{actions, completion, diagnostics, hover, uri};
use crate::config::file;

/// The state of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Fresh,
    Running,
    Stopped,
}

/// The server for one editor, with its open texts.
pub(super) struct Server<'a, W> {
    out: W,
    state: State,
    client: Client,
    workspace: Workspace<'a>,
    /// By URI.
    documents: BTreeMap<String, Document>,
    /// Folders that changed since their findings were published.
    stale: BTreeSet<Option<PathBuf>>,
    /// Messages already shown to the user.
    told: BTreeSet<String>,
}

/// The error for a request.
type Refusal = (ErrorCode, String);

impl<'a, W: Write> Server<'a, W> {
    pub(super) fn new(workspace: Workspace<'a>, out: W) -> Self {
        Self {
            out,
            state: State::Fresh,
            client: Client::default(),
            workspace,
            documents: BTreeMap::new(),
            stale: BTreeSet::new(),
            told: BTreeSet::new(),
        }
    }

    /// Handles a message; returns the exit code at the end.
    pub(super) fn take(&mut self, incoming: Incoming) -> io::Result<Option<ExitCode>> {
        match incoming {
            Incoming::Message(Message::Request(request)) => self.request(request)?,
            Incoming::Message(Message::Notification(notification)) => {
                if notification.method == "exit" {
                    let is_stopped = self.state == State::Stopped;
                    return Ok(Some(ExitCode::from(u8::from(!is_stopped))));
                }
                self.notification(notification)?;
            }
            // A response to the server's own request: if the client cannot do it, there is nothing
            // to do.
            Incoming::Message(Message::Response(_)) => {}
            Incoming::Malformed(code, message) => wire::refuse(code, &message, &mut self.out)?,
            Incoming::Broken(error) => return crate::fail(&error.to_string()).map(Some),
        }
        Ok(None)
    }

    fn request(&mut self, request: Request) -> io::Result<()> {
        let Request { id, method, params } = request;
        let result = match (self.state, &*method) {
            (State::Fresh, "initialize") => Ok(self.initialize(&params)),
            (State::Fresh, _) => {
                let message = "the first request is `initialize`".to_owned();
                Err((ErrorCode::ServerNotInitialized, message))
            }
            (State::Stopped, _) => {
                let message = "the server has shut down".to_owned();
                Err((ErrorCode::InvalidRequest, message))
            }
            (State::Running, "shutdown") => {
                self.state = State::Stopped;
                Ok(Value::Null)
            }
            (State::Running, "textDocument/hover") => answer(params, |it| self.hover(it)),
            (State::Running, "textDocument/completion") => answer(params, |it| self.completion(it)),
            (State::Running, "textDocument/codeAction") => {
                // Fixes must refer to the current text.
                self.publish()?;
                answer(params, |it| self.actions(&it))
            }
            (State::Running, _) => {
                let message = format!("unknown method `{method}`");
                Err((ErrorCode::MethodNotFound, message))
            }
        };
        self.respond(id, result)
    }

    fn respond(&mut self, id: RequestId, result: Result<Value, Refusal>) -> io::Result<()> {
        let response = match result {
            Ok(value) => Response::new_ok(id, value),
            Err((code, message)) => Response::new_err(id, code as i32, message),
        };
        wire::write(response, &mut self.out)
    }

    fn initialize(&mut self, params: &Value) -> Value {
        self.client = Client::of(params);
        self.workspace.set_roots(self.client.folders.clone());
        self.state = State::Running;
        let capabilities = lsp::ServerCapabilities {
            position_encoding: Some(self.client.encoding.kind()),
            text_document_sync: Some(lsp::TextDocumentSync::Options(
                lsp::TextDocumentSyncOptions {
                    open_close: Some(true),
                    change: Some(lsp::TextDocumentSyncKind::Incremental),
                    save: Some(lsp::Save::Bool(true)),
                    ..lsp::TextDocumentSyncOptions::default()
                },
            )),
            hover_provider: Some(lsp::HoverProvider::Bool(true)),
            completion_provider: Some(lsp::CompletionOptions {
                trigger_characters: Some(vec![" ".to_owned(), "{".to_owned()]),
                ..lsp::CompletionOptions::default()
            }),
            code_action_provider: Some(lsp::CodeActionProvider::CodeActionOptions(
                lsp::CodeActionOptions {
                    code_action_kinds: Some(vec![
                        lsp::CodeActionKind::QuickFix,
                        lsp::CodeActionKind::SourceFixAll,
                    ]),
                    ..lsp::CodeActionOptions::default()
                },
            )),
            workspace: Some(lsp::WorkspaceOptions {
                workspace_folders: Some(lsp::WorkspaceFoldersServerCapabilities {
                    supported: Some(true),
                    change_notifications: Some(lsp::ChangeNotifications::Bool(true)),
                }),
                ..lsp::WorkspaceOptions::default()
            }),
            ..lsp::ServerCapabilities::default()
        };
        json!({
            "capabilities": capabilities,
            "serverInfo": { "name": "kubectl-feast", "version": env!("CARGO_PKG_VERSION") },
        })
    }

    fn notification(&mut self, notification: Notification) -> io::Result<()> {
        let Notification { method, params } = notification;
        if self.state != State::Running {
            return Ok(());
        }
        match &*method {
            "initialized" => return self.watch_files(),
            "textDocument/didOpen" => read(params).map(|it| self.open(it)),
            "textDocument/didChange" => read(params).map(|it| self.change(it)),
            "textDocument/didClose" => match read(params) {
                Some(it) => return self.close(&it),
                None => None,
            },
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {
                self.read_again();
                Some(())
            }
            "workspace/didChangeWorkspaceFolders" => {
                read(params).map(|it| self.change_folders(&it))
            }
            _ => Some(()),
        };
        Ok(())
    }

    /// Asks the client to report changed files.
    fn watch_files(&mut self) -> io::Result<()> {
        if !self.client.watches_files {
            return Ok(());
        }
        let watchers = ["**/*.yaml", "**/*.yml", "**/*.json"];
        let watchers = watchers.map(|pattern| json!({ "globPattern": pattern }));
        let registration = json!({
            "id": "files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": { "watchers": watchers },
        });
        let params = json!({ "registrations": [registration] });
        let method = "client/registerCapability".to_owned();
        let id = RequestId::from("files".to_owned());
        wire::write(Request::new(id, method, params), &mut self.out)
    }

    fn open(&mut self, params: lsp::DidOpenTextDocumentParams) {
        let document = Document::open(params.text_document);
        let root = self.workspace.root_of(&document);
        // Until now, its file was read from disk.
        self.workspace.forget();
        self.stale.insert(root);
        self.documents.insert(document.uri.0.clone(), document);
    }

    fn change(&mut self, params: lsp::DidChangeTextDocumentParams) {
        let lsp::DidChangeTextDocumentParams {
            text_document,
            content_changes,
        } = params;
        let uri = text_document.text_document_identifier.uri.0;
        let Some(document) = self.documents.get_mut(&uri) else {
            return;
        };
        document.change(text_document.version, content_changes, self.client.encoding);
        let root = self.workspace.root_of(document);
        self.stale.insert(root);
    }

    fn close(&mut self, params: &lsp::DidCloseTextDocumentParams) -> io::Result<()> {
        let Some(document) = self.documents.remove(&params.text_document.uri.0) else {
            return Ok(());
        };
        let root = self.workspace.root_of(&document);
        self.workspace.forget();
        self.stale.insert(root);
        // A closed text has no findings.
        self.tell_findings(document.uri, None, Vec::new())
    }

    fn change_folders(&mut self, params: &lsp::DidChangeWorkspaceFoldersParams) {
        let path = |folder: &lsp::WorkspaceFolder| uri::path(&folder.uri.0);
        let removed: Vec<_> = params.event.removed.iter().filter_map(path).collect();
        let kept = self.workspace.roots().iter();
        let kept = kept.filter(|root| !removed.contains(root)).cloned();
        let added = params.event.added.iter().filter_map(path);
        let roots = kept.chain(added).collect();
        self.workspace.set_roots(roots);
        self.read_again();
    }

    /// Schedules a new check of everything, with the current files.
    fn read_again(&mut self) {
        self.workspace.forget();
        let roots = self.documents.values();
        let roots = roots.map(|document| self.workspace.root_of(document));
        self.stale.extend(roots);
    }

    /// Publishes the findings of texts that changed, or whose related texts changed.
    pub(super) fn publish(&mut self) -> io::Result<()> {
        for root in std::mem::take(&mut self.stale) {
            let outcome = self.workspace.check(root.as_deref(), &self.documents);
            for (uri, checked) in outcome.checked {
                self.publish_one(&uri, checked)?;
            }
            for trouble in outcome.troubles {
                self.tell(&trouble)?;
            }
        }
        Ok(())
    }

    fn publish_one(&mut self, uri: &str, checked: Vec<feast_check::Checked>) -> io::Result<()> {
        let Some(document) = self.documents.get_mut(uri) else {
            return Ok(());
        };
        let lines = Lines::of(&document.text, self.client.encoding);
        let found = if workspace::is_configuration(document) {
            configuration(&document.text, &lines)
        } else {
            diagnostics::all(&checked, &document.uri, &lines, &self.client)
        };
        document.checked = checked;
        if document.published.as_ref() == Some(&found) {
            return Ok(());
        }
        document.published = Some(found.clone());
        let (uri, version) = (document.uri.clone(), document.version);
        self.tell_findings(uri, Some(version), found)
    }

    fn tell_findings(
        &mut self,
        uri: lsp::Uri,
        version: Option<i32>,
        diagnostics: Vec<lsp::Diagnostic>,
    ) -> io::Result<()> {
        let params = lsp::PublishDiagnosticsParams {
            uri,
            version,
            diagnostics,
        };
        self.notify("textDocument/publishDiagnostics", params)
    }

    /// Tells the user once about a problem that affects findings.
    fn tell(&mut self, trouble: &str) -> io::Result<()> {
        if !self.told.insert(trouble.to_owned()) {
            return Ok(());
        }
        let params = json!({ "type": lsp::MessageType::Warning, "message": trouble });
        self.notify("window/showMessage", params)
    }

    fn notify(&mut self, method: &str, params: impl Serialize) -> io::Result<()> {
        let params = serde_json::to_value(params)?;
        let method = method.to_owned();
        wire::write(Notification { method, params }, &mut self.out)
    }

    /// An open text, unless it is too large.
    fn document(&self, named: &lsp::TextDocumentIdentifier) -> Option<&Document> {
        let document = self.documents.get(&named.uri.0);
        document.filter(|document| !document.is_large())
    }

    fn hover(&self, params: lsp::HoverParams) -> Option<lsp::Hover> {
        let at = params.text_document_position_params;
        let document = self.document(&at.text_document)?;
        let lines = Lines::of(&document.text, self.client.encoding);
        let byte = lines.byte(at.position);
        hover::at(&document.text, byte, &lines, self.client.hovers_markdown)
    }

    fn completion(&self, params: lsp::CompletionParams) -> Option<Vec<lsp::CompletionItem>> {
        let at = params.text_document_position_params;
        let document = self.document(&at.text_document)?;
        let release = self.workspace.release(document);
        let lines = Lines::of(&document.text, self.client.encoding);
        let byte = lines.byte(at.position);
        let markdown = self.client.completes_markdown;
        Some(completion::at(
            &document.text,
            byte,
            &lines,
            release,
            markdown,
        ))
    }

    fn actions(&self, params: &lsp::CodeActionParams) -> Option<Vec<lsp::CodeAction>> {
        let document = self.document(&params.text_document)?;
        let lines = Lines::of(&document.text, self.client.encoding);
        Some(actions::at(document, params, &lines, &self.client))
    }
}

/// Answers a request, if its parameters are valid.
fn answer<P: DeserializeOwned, T: Serialize>(
    params: Value,
    handle: impl FnOnce(P) -> T,
) -> Result<Value, Refusal> {
    let params = serde_json::from_value(params)
        .map_err(|error| (ErrorCode::InvalidParams, error.to_string()))?;
    serde_json::to_value(handle(params))
        .map_err(|error| (ErrorCode::InternalError, error.to_string()))
}

/// The parameters of a notification; `None` if they are invalid.
fn read<P: DeserializeOwned>(params: Value) -> Option<P> {
    serde_json::from_value(params).ok()
}

/// The errors in a configuration.
fn configuration(text: &str, lines: &Lines<'_>) -> Vec<lsp::Diagnostic> {
    let fault = file::read(text).err();
    let diagnostic = |fault: file::Fault| {
        let range = lines.rest(fault.position.line, fault.position.column);
        diagnostics::fault(&fault.message, range)
    };
    fault.into_iter().map(diagnostic).collect()
}
