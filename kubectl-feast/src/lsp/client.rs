//! The client's relevant capabilities.

use std::path::PathBuf;

use serde_json::Value;

use super::position::Encoding;
use super::uri;

/// The client's capabilities.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a capability")]
pub(super) struct Client {
    pub(super) encoding: Encoding,
    /// Whether it shows related information of findings.
    pub(super) shows_related: bool,
    /// Whether it shows links to documentation.
    pub(super) shows_pages: bool,
    /// Whether it reports changed files on request.
    pub(super) watches_files: bool,
    /// Whether it renders Markdown in hover texts.
    pub(super) hovers_markdown: bool,
    pub(super) completes_markdown: bool,
    /// The open folders.
    pub(super) folders: Vec<PathBuf>,
}

impl Client {
    /// Reads the parameters of `initialize`. Invalid parts count as absent, so that one mistake of
    /// a client does not affect the rest.
    pub(super) fn of(params: &Value) -> Self {
        let can = |pointer: &str| params["capabilities"].pointer(pointer) == Some(&true.into());
        let list = |pointer: &str| {
            let list = params["capabilities"].pointer(pointer);
            list.and_then(Value::as_array).into_iter().flatten()
        };
        let has_markdown = |pointer: &str| list(pointer).any(|kind| kind == "markdown");
        let encodings = list("/general/positionEncodings").filter_map(Value::as_str);
        Self {
            encoding: Encoding::of(encodings),
            shows_related: can("/textDocument/publishDiagnostics/relatedInformation"),
            shows_pages: can("/textDocument/publishDiagnostics/codeDescriptionSupport"),
            watches_files: can("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            hovers_markdown: has_markdown("/textDocument/hover/contentFormat"),
            completes_markdown: has_markdown(
                "/textDocument/completion/completionItem/documentationFormat",
            ),
            folders: folders(params),
        }
    }
}

/// The folders of a workspace, or the single root of older clients.
fn folders(params: &Value) -> Vec<PathBuf> {
    let named = params["workspaceFolders"].as_array();
    let named = named.into_iter().flatten().map(|folder| &folder["uri"]);
    let named: Vec<_> = named.filter_map(|uri| uri::path(uri.as_str()?)).collect();
    if !named.is_empty() {
        return named;
    }
    let root = params["rootUri"].as_str().and_then(uri::path);
    let root = root.or_else(|| params["rootPath"].as_str().map(PathBuf::from));
    root.into_iter().collect()
}
