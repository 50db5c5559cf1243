//! Versions of a CRD, except their schemas: names, subresources, printer columns, selectable fields
//! and conversion.

use std::collections::BTreeSet;

use apimachinery::go;
use apimachinery::names::dns_subdomain;

use super::names::{check_choice, check_label};
use super::node::Node;
use super::{Shared, steps, structural};
use crate::cel::Url;
use crate::error::{BadValue, ErrorType, Violation};
use crate::path::Path;

const COLUMN_TYPES: [&str; 5] = ["boolean", "date", "integer", "number", "string"];
const COLUMN_FORMATS: [&str; 8] = [
    "byte",
    "date",
    "date-time",
    "double",
    "float",
    "int32",
    "int64",
    "password",
];
/// Maximum size of a deprecation warning in bytes.
const LONGEST_WARNING: usize = 256;
const MOST_SELECTABLE: usize = 8;
const REVIEW_VERSIONS: [&str; 2] = ["v1", "v1beta1"];
const MAX_PORT: i64 = 65_535;

/// Checks names and flags of the versions.
pub(super) fn check_list(versions: &[Node<'_>], path: &Path<'_>, out: &mut Vec<Violation>) {
    let list = path.field("versions");
    let refuse = |detail| Violation::invalid(list.bracketed(), BadValue::Omitted, detail);
    let mut names = BTreeSet::new();
    let mut is_unique = true;
    for (index, version) in versions.iter().enumerate() {
        let path = list.index(index);
        is_unique &= names.insert(version.text("name"));
        check_label(version.text("name"), &path.field("name"), out);
        check_warning(*version, &path, out);
    }
    // The server copies the first version's name to `spec.version`, and checks it again.
    if let Some(first) = versions
        .first()
        .filter(|first| !first.text("name").is_empty())
    {
        check_label(first.text("name"), &path.field("version"), out);
    }
    if !is_unique {
        out.push(refuse("must contain unique version names"));
    }
    let stored = versions
        .iter()
        .filter(|version| version.flag("storage"))
        .count();
    if stored != 1 {
        out.push(refuse(
            "must have exactly one version marked as storage version",
        ));
    }
    if stored == 0 {
        let path = Path::ROOT.field("status");
        let path = path.field("storedVersions").bracketed();
        let shown = BadValue::Json("null".to_owned());
        let detail = "must have at least one stored version";
        out.push(Violation::invalid(path, shown, detail));
    }
    // The server records the first stored version, and clears the record at the first version of
    // that name.
    let first = versions.iter().find(|version| version.flag("storage"));
    let mut noted = first.map(|version| version.text("name"));
    for version in versions {
        let name = version.text("name");
        if noted == Some(name) {
            noted = None;
        } else if version.flag("storage") {
            let path = Path::ROOT.field("status");
            let path = path.field("storedVersions").bracketed();
            let detail = format!("must have the storage version {name}");
            out.push(Violation::invalid(path, BadValue::Omitted, detail));
        }
    }
}

fn check_warning(version: Node<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    let Some(warning) = version.optional_text("deprecationWarning") else {
        return;
    };
    let mut refuse = |detail: String| {
        let path = path.field("deprecationWarning").bracketed();
        out.push(Violation::invalid(path, BadValue::text(warning), detail));
    };
    if !version.flag("deprecated") {
        refuse("can only be set for deprecated versions".to_owned());
        return;
    }
    if warning.len() > LONGEST_WARNING {
        refuse(format!("must be <= {LONGEST_WARNING} characters long"));
    }
    if warning.is_empty() {
        refuse("must not be an empty string".to_owned());
    }
    if let Some((index, _)) = warning.char_indices().find(|(_, c)| !go::is_printable(*c)) {
        refuse(format!(
            "must only contain printable UTF-8 characters; non-printable character found at index \
             {index}"
        ));
    }
}

/// Checks `subresources`.
pub(super) fn check_subresources(
    subresources: Node<'_>,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    let Some(scale) = subresources.part("scale") else {
        return;
    };
    let path = path.field("scale");
    for (name, is_required, roots, place) in [
        ("specReplicasPath", true, &[".spec."][..], ".spec"),
        ("statusReplicasPath", true, &[".status."][..], ".status"),
        (
            "labelSelectorPath",
            false,
            &[".spec.", ".status."][..],
            "either .spec or .status",
        ),
    ] {
        let text = scale.text(name);
        let path = path.field(name);
        if text.is_empty() {
            if is_required {
                out.push(Violation::required(path.bracketed(), ""));
            }
        } else if check_json_path(text, &path, out)
            && !roots.iter().any(|root| text.starts_with(root))
        {
            let detail = format!("should be a json path under {place}");
            out.push(Violation::invalid(
                path.bracketed(),
                BadValue::text(text),
                detail,
            ));
        }
    }
}

/// Checks that a path is empty or starts with a dot; returns whether it does.
fn check_json_path(text: &str, path: &Path<'_>, out: &mut Vec<Violation>) -> bool {
    let is_good = text.starts_with('.');
    if !is_good {
        let detail = "must be a simple json path starting with .";
        out.push(Violation::invalid(
            path.bracketed(),
            BadValue::text(text),
            detail,
        ));
    }
    is_good
}

/// Checks a printer column.
pub(super) fn check_column(column: Node<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    if column.text("name").is_empty() {
        out.push(Violation::required(path.field("name").bracketed(), ""));
    }
    let (kind, at) = (column.text("type"), path.field("type").bracketed());
    let detail = format!("must be one of {}", COLUMN_TYPES.join(","));
    if kind.is_empty() {
        out.push(Violation::required(at, detail));
    } else if !COLUMN_TYPES.contains(&kind) {
        out.push(Violation::invalid(at, BadValue::text(kind), detail));
    }
    let format = column.text("format");
    if !format.is_empty() && !COLUMN_FORMATS.contains(&format) {
        let detail = format!("must be one of {}", COLUMN_FORMATS.join(","));
        let at = path.field("format").bracketed();
        out.push(Violation::invalid(at, BadValue::text(format), detail));
    }
    let at = path.field("JSONPath");
    match column.text("jsonPath") {
        "" => out.push(Violation::required(at.bracketed(), "")),
        text => {
            check_json_path(text, &at, out);
        }
    }
}

/// Checks the selectable fields.
pub(super) fn check_selectable(
    version: Node<'_>,
    schema: Option<Node<'_>>,
    place: Shared,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    const NAME: &str = "selectableFields";
    if !version.has_some(NAME) {
        return;
    }
    let list = path.field(NAME);
    let Some(schema) = schema else {
        let detail = match place {
            Shared::ByAll => "may only be set when validations.schema is included",
            Shared::No => "may only be set when `version.schema.openAPIV3Schema` is not included",
        };
        out.push(Violation::invalid(
            list.bracketed(),
            BadValue::text(""),
            detail,
        ));
        return;
    };
    let fault = structural::fault(schema);
    // Without a structural schema, only the syntax of paths is checked.
    let schema = Some(schema).filter(|_| fault.is_none());
    if let Some(fault) = fault {
        let path = path.field("schema");
        let path = path.field("openAPIV3Schema").bracketed();
        out.push(Violation::invalid(path, BadValue::text(""), fault));
    }
    let mut seen = BTreeSet::new();
    for (index, field) in version.list(NAME).enumerate() {
        let path = list.index(index);
        let path = path.field("jsonPath").bracketed();
        let text = field.text("jsonPath");
        if text.is_empty() {
            out.push(Violation::required(path, ""));
            continue;
        }
        let refuse = |detail| Violation::invalid(path.clone(), BadValue::text(text), detail);
        let (steps, found) = match steps::find_dotted(text, schema) {
            Ok(found) => found,
            Err(error) => {
                out.push(refuse(format!("is an invalid path: {error}")));
                continue;
            }
        };
        if text == ".metadata" || text.starts_with(".metadata.") {
            out.push(refuse("must not point to fields in metadata".to_owned()));
        }
        let kind = found.map_or("", |found| found.text("type"));
        if !matches!(kind, "string" | "boolean" | "integer") {
            let detail = "must point to a field of type string, boolean or integer. Enum string \
                          fields and strings with formats are allowed.";
            out.push(refuse(detail.to_owned()));
        }
        if !seen.insert(steps) {
            let shown = BadValue::text(text);
            out.push(Violation::new(ErrorType::Duplicate, path, shown, ""));
        }
    }
    if seen.len() > MOST_SELECTABLE {
        let shown = BadValue::Integer(i64::try_from(seen.len()).unwrap_or(i64::MAX));
        let detail = format!("must have at most {MOST_SELECTABLE} items");
        out.push(Violation::new(
            ErrorType::TooMany,
            list.bracketed(),
            shown,
            detail,
        ));
    }
}

/// Checks `conversion`.
pub(super) fn check_conversion(spec: Node<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    let Some(conversion) = spec.part("conversion") else {
        return;
    };
    let path = path.field("conversion");
    let strategy = conversion.text("strategy");
    if strategy != "None" && spec.flag("preserveUnknownFields") {
        let path = path.field("strategy").bracketed();
        let detail = "must be None if spec.preserveUnknownFields is true";
        out.push(Violation::invalid(path, BadValue::text(strategy), detail));
    }
    check_choice(conversion, "strategy", &["None", "Webhook"], &path, out);
    let webhook = conversion.part("webhook");
    let client = webhook.and_then(|webhook| webhook.part("clientConfig"));
    let at_client = path.field("webhookClientConfig");
    let at_versions = path.field("conversionReviewVersions");
    if strategy != "Webhook" {
        let detail = "should not be set when strategy is not set to Webhook";
        if client.is_some() {
            out.push(Violation::forbidden(at_client.bracketed(), detail));
        }
        if webhook.is_some_and(|webhook| webhook.has_some("conversionReviewVersions")) {
            out.push(Violation::forbidden(at_versions.bracketed(), detail));
        }
        return;
    }
    if let Some(client) = client {
        check_client(client, &at_client, out);
    } else {
        let detail = "required when strategy is set to Webhook";
        out.push(Violation::required(at_client.bracketed(), detail));
    }
    check_review_versions(webhook, &at_versions, out);
}

fn check_review_versions(webhook: Option<Node<'_>>, path: &Path<'_>, out: &mut Vec<Violation>) {
    let versions = || {
        let versions = webhook.into_iter();
        versions.flat_map(|webhook| webhook.texts("conversionReviewVersions"))
    };
    if versions().next().is_none() {
        out.push(Violation::required(path.bracketed(), ""));
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, version) in versions().enumerate() {
        let path = path.index(index);
        if seen.insert(version) {
            check_label(version, &path, out);
        } else {
            let shown = BadValue::text(version);
            out.push(Violation::invalid(
                path.bracketed(),
                shown,
                "duplicate version",
            ));
        }
    }
    if !REVIEW_VERSIONS.iter().any(|known| seen.contains(known)) {
        let detail = format!(
            "must include at least one of {}",
            REVIEW_VERSIONS.join(", ")
        );
        out.push(Violation::invalid(
            path.bracketed(),
            BadValue::Omitted,
            detail,
        ));
    }
}

fn check_client(client: Node<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    match (client.optional_text("url"), client.part("service")) {
        (Some(url), None) => check_url(url, &path.field("url"), out),
        (None, Some(service)) => check_service(service, &path.field("service"), out),
        _ => {
            let detail = "exactly one of url or service is required";
            out.push(Violation::required(path.bracketed(), detail));
        }
    }
}

fn check_url(text: &str, path: &Path<'_>, out: &mut Vec<Violation>) {
    const FORM: &str = "; desired format: https://host[/path]";
    let path = path.bracketed();
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => {
            let detail = format!("url must be a valid URL: {error}{FORM}");
            out.push(Violation::required(path, detail));
            return;
        }
    };
    for (is_wrong, detail) in [
        (
            url.scheme() != "https",
            format!("'https' is the only allowed URL scheme{FORM}"),
        ),
        (
            url.host().is_empty(),
            format!("host must be specified{FORM}"),
        ),
        (
            url.has_user(),
            "user information is not permitted in the URL".to_owned(),
        ),
        (
            url.has_fragment(),
            "fragments are not permitted in the URL".to_owned(),
        ),
        (
            url.has_query(),
            "query parameters are not permitted in the URL".to_owned(),
        ),
    ] {
        if is_wrong {
            // A URL may contain a password, so it is not shown.
            out.push(Violation::invalid(path.clone(), BadValue::Omitted, detail));
        }
    }
}

fn check_service(service: Node<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    // The server confuses the two.
    for (name, field) in [("namespace", "name"), ("name", "namespace")] {
        if service.text(field).is_empty() {
            out.push(Violation::required(path.field(name).bracketed(), ""));
        }
    }
    let port = service.get("port").and_then(serde_json::Value::as_i64);
    if let Some(port) = port.filter(|port| !(1..=MAX_PORT).contains(port)) {
        let path = path.field("port").bracketed();
        let detail = format!("port is not valid: must be between 1 and {MAX_PORT}, inclusive");
        out.push(Violation::invalid(path, BadValue::Integer(port), detail));
    }
    let text = service.text("path");
    let mut refuse = |detail: String| {
        let path = path.field("path").bracketed();
        out.push(Violation::invalid(path, BadValue::text(text), detail));
    };
    match text {
        "" | "/" => return,
        "//" => {
            refuse("segment[0] may not be empty".to_owned());
            return;
        }
        _ => {}
    }
    if !text.starts_with('/') {
        refuse("must start with a '/'".to_owned());
    }
    // The server removes the first byte, whatever it is.
    let segments = String::from_utf8_lossy(text.as_bytes().get(1..).unwrap_or_default());
    let segments = segments.strip_suffix('/').unwrap_or(&segments);
    for (index, segment) in segments.split('/').enumerate() {
        if segment.is_empty() {
            refuse(format!("segment[{index}] may not be empty"));
            continue;
        }
        for fault in dns_subdomain(segment) {
            refuse(format!("segment[{index}]: {fault}"));
        }
    }
}
