//! The API server's stages, in its order: from a request to a verdict.

use apimachinery::go;
use serde_json::Value;

use crate::crd::{Crd, Version};
use crate::embedded::Origin;
use crate::error::{BadValue, ErrorType, Violation};
use crate::field_path::FieldPath;
use crate::metadata;
use crate::path::Path;
use crate::read::{Document, Incoming, Stored, namespace_or};
use crate::request::{Action, Body, FieldValidation, Request};
use crate::resource::Resource;
use crate::validator::Validator;
use crate::verdict::{Rejection, UnknownField, Verdict};
use crate::view::View;
use crate::walk::{Checks, Found, Until, Walk};

const NOT_CHECKED: &str = "some validation rules were not checked because the object was invalid; \
                           correct the existing errors to complete validation";

/// Messages besides the outcome.
#[derive(Default)]
struct Notes {
    unknown_fields: Vec<UnknownField>,
    duplicate_fields: Vec<String>,
    warnings: Vec<String>,
}

impl Notes {
    fn warn(&mut self, warnings: impl IntoIterator<Item = String>) {
        for warning in warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
    }
}

/// The result for an admitted object.
type Keep<T> = fn(&Resource<'_>, Validator<'_>) -> T;

impl Validator<'_> {
    /// The API server's verdict on a request.
    pub fn run(&self, request: Request<'_>) -> Verdict {
        self.verdict(request, stored)
    }

    /// The verdict without the stored object, which costs more than the rest.
    ///
    /// ```
    /// # let crd = crd_admission::Crd::parse(include_bytes!("../examples/thing.json"))?;
    /// use crd_admission::Request;
    ///
    /// let verdict = crd.version("v1").expect("served").check(Request::create(r#"{
    ///     "apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "sample"},
    ///     "spec": {"size": 3, "colour": "red"}
    /// }"#));
    /// assert!(verdict.is_allowed());
    /// assert_eq!(verdict.unknown_fields[0].path, "spec.colour");
    /// # Ok::<(), crd_admission::CompileError>(())
    /// ```
    pub fn check(&self, request: Request<'_>) -> Verdict<()> {
        self.verdict(request, |_, _| ())
    }

    fn verdict<T>(&self, request: Request<'_>, keep: Keep<T>) -> Verdict<T> {
        let mut notes = Notes::default();
        let outcome = match request.action {
            Action::Create(body) => create(*self, body, request, keep, &mut notes),
            Action::Update { old, new } => {
                update(*self, old, new, request, false, keep, &mut notes)
            }
            Action::UpdateStatus { old, new } => {
                update(*self, old, new, request, true, keep, &mut notes)
            }
            Action::Scale { old, replicas } => {
                scale(*self, old, replicas, request, keep, &mut notes)
            }
        };
        let Notes {
            unknown_fields,
            duplicate_fields,
            warnings,
        } = notes;
        Verdict {
            outcome: outcome.map_err(|refusal| refusal.about(&self.crd.kind, &self.crd.group)),
            unknown_fields,
            duplicate_fields,
            warnings,
        }
    }
}

fn stored(admitted: &Resource<'_>, validator: Validator<'_>) -> Value {
    admitted.to_stored(validator.crd, validator.version)
}

fn create<T>(
    validator: Validator<'_>,
    body: Body<'_>,
    request: Request<'_>,
    keep: Keep<T>,
    notes: &mut Notes,
) -> Result<T, Rejection> {
    let document = decode(validator, body, notes)?;
    let incoming = receive(validator, &document, request, notes)?;
    let mut resource = prepare_create(validator, incoming, request.namespace)?;
    resource.is_whole = notes.unknown_fields.is_empty();
    refuse(validator, judge_create(validator, &resource, Until::End))?;
    notes.warn(metadata::finalizer_warnings(&resource.metadata, None));
    Ok(keep(&resource, validator))
}

fn refuse(validator: Validator<'_>, violations: Vec<Violation>) -> Result<(), Rejection> {
    let Crd { kind, group, .. } = validator.crd;
    Rejection::of(violations, kind, group)
}

/// Decodes the object of a request. Duplicate keys are recorded even if an embedded resource then
/// fails.
fn decode<'a>(
    validator: Validator<'_>,
    body: Body<'a>,
    notes: &mut Notes,
) -> Result<Document<'a>, Violation> {
    let document = Document::decode(body)?;
    if !document.duplicates().is_empty() && document.head().is_ok() {
        notes.duplicate_fields = document.duplicates().to_vec();
    }
    document.coerce(validator.crd, Origin::Request)
}

/// Decodes the object of a request, with unknown fields and duplicate keys.
fn receive<'a>(
    validator: Validator<'_>,
    document: &'a Document<'_>,
    request: Request<'_>,
    notes: &mut Notes,
) -> Result<Incoming<'a>, Violation> {
    let head = document.head()?;
    let incoming = Incoming::read(document, &head)?;
    notes.unknown_fields = incoming.unknown_fields(validator);
    if request.field_validation == FieldValidation::Strict {
        check_strict(&incoming, notes)?;
    }
    check_version(validator, &incoming)?;
    Ok(incoming)
}

fn check_strict(incoming: &Incoming<'_>, notes: &Notes) -> Result<(), Violation> {
    let duplicate = notes
        .duplicate_fields
        .iter()
        .map(|path| format!("duplicate field {}", go::Quoted(path)));
    let unknown = notes
        .unknown_fields
        .iter()
        .map(|field| format!("unknown field {}", go::Quoted(&field.path)));
    let faults: Vec<_> = duplicate.chain(unknown).collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Violation::bad_request(format!(
        "{kind} in version \"{version}\" cannot be handled as a {kind}: strict decoding error: {}",
        faults.join(", "),
        kind = incoming.kind,
        version = incoming.api_version,
    )))
}

pub(crate) fn check_version(
    validator: Validator<'_>,
    incoming: &Incoming<'_>,
) -> Result<(), Violation> {
    let expected = &validator.version.gv;
    if incoming.api_version == expected {
        return Ok(());
    }
    Err(Violation::bad_request(format!(
        "the API version in the data ({}) does not match the expected API version ({expected})",
        incoming.api_version
    )))
}

/// The object with the fields that the server sets on creation.
pub(crate) fn prepare_create<'a>(
    validator: Validator<'a>,
    incoming: Incoming<'a>,
    namespace: Option<&'a str>,
) -> Result<Resource<'a>, Violation> {
    let mut resource = incoming.into_resource(validator);
    let namespace = namespace_or(validator.crd, namespace, resource.metadata.namespace);
    settle_namespace(&mut resource, namespace)?;
    resource.metadata.prepare_create();
    if validator.version.has_status {
        resource.status = None;
    }
    Ok(resource)
}

fn settle_namespace<'a>(resource: &mut Resource<'a>, namespace: &'a str) -> Result<(), Violation> {
    let own = &mut resource.metadata.namespace;
    // Cluster-scoped resources have no namespace: the server clears it.
    if own.is_empty() || namespace.is_empty() {
        *own = namespace;
    }
    if *own == namespace {
        return Ok(());
    }
    Err(Violation::bad_request(
        "the namespace of the provided object does not match the namespace sent on the request",
    ))
}

/// All violations of a new object.
pub(crate) fn judge_create(
    validator: Validator<'_>,
    new: &Resource<'_>,
    until: Until,
) -> Vec<Violation> {
    let mut out = Vec::new();
    let kind = new.check_kind(validator.crd);
    let is_ours = kind.is_ok();
    match kind {
        Ok(()) => metadata::check(&new.metadata, &mut out),
        Err(fault) => out.push(fault),
    }
    if until != Until::End && !out.is_empty() {
        return out;
    }
    let checks = Checks {
        schema: is_ours,
        lists: true,
        rules: true,
    };
    let quick = Checks {
        schema: is_ours,
        ..Checks::quick(&validator.version.schema)
    };
    let mut walk = Walk::new(checks, until);
    if !new.fits(validator.version, quick) {
        new.walk(validator.version, None, &mut walk);
    } else if !quick.rules {
        walk = Walk::new(Checks::RULES, until);
        new.walk(validator.version, None, &mut walk);
    }
    let mut found = walk.found;
    out.append(&mut found.schema);
    if let (Some(scale), true) = (&validator.version.scale, is_ours) {
        scale.check_spec(new, &mut out);
        scale.check_status(new, &mut out);
    }
    new.check_embedded(validator.version, &mut out);
    conclude(validator.version, found, 0, &mut out);
    out
}

/// Adds violations of lists and rules, and returns those of rules that ratcheting ignores.
///
/// Rules are not evaluated if the object has errors, among those from `since`, that could make them
/// fail.
fn conclude(
    version: &Version,
    mut found: Found,
    since: usize,
    out: &mut Vec<Violation>,
) -> Vec<Violation> {
    out.append(&mut found.lists);
    if !version.schema.has_rules {
        return Vec::new();
    }
    let mut faults = out.iter().skip(since);
    if faults.any(|fault| fault.error_type.blocks_rules()) {
        let nothing = BadValue::Json("null".to_owned());
        out.push(Violation::invalid(
            Path::ROOT.bracketed(),
            nothing,
            NOT_CHECKED,
        ));
        return Vec::new();
    }
    out.append(&mut found.rules);
    found.forgiven
}

fn update<T>(
    validator: Validator<'_>,
    old: Body<'_>,
    new: Body<'_>,
    request: Request<'_>,
    is_status: bool,
    keep: Keep<T>,
    notes: &mut Notes,
) -> Result<T, Rejection> {
    let stored = Stored::read(old, validator)?;
    let mut old = stored.resource(validator)?;
    let namespace = namespace_or(validator.crd, request.namespace, old.metadata.namespace);
    old.metadata.namespace = namespace;
    old.metadata.assume_stored();
    let document = decode(validator, new, notes)?;
    let incoming = receive(validator, &document, request, notes)?;
    let mut new = incoming.into_resource(validator);
    new.is_whole = notes.unknown_fields.is_empty();
    if !request.is_conditional && new.metadata.resource_version.is_empty() {
        new.metadata.resource_version = old.metadata.resource_version;
    }
    settle_namespace(&mut new, namespace)?;
    check_preconditions(validator.crd, &new, &old)?;
    if is_status && !validator.version.has_status {
        let detail = "the resource has no status subresource";
        return Err(Violation::request(ErrorType::NotFound, detail).into());
    }
    let new = prepare_update(validator, new, &old, is_status);
    finish_update(validator, &new, &old, is_status, keep, notes)
}

/// Checks identity and resource version of an update.
fn check_preconditions(crd: &Crd, new: &Resource<'_>, old: &Resource<'_>) -> Result<(), Violation> {
    let (meta, old) = (&new.metadata, &old.metadata);
    if meta.name.is_empty() {
        let name = &old.name;
        return Err(Violation::bad_request(format!(
            "the name of the object ({name} based on URL) was undeterminable: name must be provided"
        )));
    }
    if meta.name != old.name {
        return Err(Violation::bad_request(format!(
            "the name of the object ({}) does not match the name on the URL ({})",
            meta.name, old.name
        )));
    }
    if !meta.uid.is_empty() && meta.uid != old.uid {
        let why = format!(
            "StorageError: invalid object, Code: 4, Key: {}, ResourceVersion: 0, \
             AdditionalErrorMsg: Precondition failed: UID in precondition: {}, UID in object \
             meta: {}",
            go::clean_path([&crd.group, &crd.plural, old.namespace, &old.name]),
            meta.uid,
            old.uid
        );
        return Err(conflict(crd, &old.name, &why));
    }
    match meta.resource_version {
        "" | "0" => Err(Violation::invalid(
            FieldPath::of_fields("metadata.resourceVersion"),
            BadValue::Integer(0),
            "must be specified for an update",
        )),
        version if version == old.resource_version => Ok(()),
        _ => Err(conflict(
            crd,
            &old.name,
            "the object has been modified; please apply your changes to the latest version and \
             try again",
        )),
    }
}

#[cold]
fn conflict(crd: &Crd, name: &str, why: &str) -> Violation {
    let Crd { group, plural, .. } = crd;
    let name = go::Quoted(name);
    let detail = format!("Operation cannot be fulfilled on {plural}.{group} {name}: {why}");
    Violation::request(ErrorType::Conflict, detail)
}

/// The object with the fields that an update keeps from the old one.
fn prepare_update<'a>(
    validator: Validator<'_>,
    mut new: Resource<'a>,
    old: &Resource<'a>,
    is_status: bool,
) -> Resource<'a> {
    if is_status {
        let status = new.status;
        return Resource {
            status,
            ..old.clone()
        };
    }
    if validator.version.has_status {
        new.status = old.status;
    }
    let content_changed = new.differs_from(old);
    new.metadata.prepare_update(&old.metadata, content_changed);
    new
}

fn finish_update<T>(
    validator: Validator<'_>,
    new: &Resource<'_>,
    old: &Resource<'_>,
    is_status: bool,
    keep: Keep<T>,
    notes: &mut Notes,
) -> Result<T, Rejection> {
    let (violations, forgiven) = judge_update(validator, new, old, is_status);
    notes.warn(forgiven.iter().map(ToString::to_string));
    refuse(validator, violations)?;
    if !is_status {
        notes.warn(metadata::finalizer_warnings(
            &new.metadata,
            Some(&old.metadata),
        ));
    }
    Ok(keep(new, validator))
}

/// Violations of an update, and those that ratcheting ignores.
fn judge_update(
    validator: Validator<'_>,
    new: &Resource<'_>,
    old: &Resource<'_>,
    is_status: bool,
) -> (Vec<Violation>, Vec<Violation>) {
    let version = validator.version;
    let is_forgiving = !is_status || validator.crd.ratchets_status();
    let mut out = Vec::new();
    metadata::check_update(&new.metadata, &old.metadata, &mut out);
    let mut since = 0;
    let kind = new.check_kind(validator.crd);
    let is_ours = kind.is_ok();
    if let Err(fault) = kind {
        // If the kind is wrong, metadata errors do not stop the rules from being evaluated.
        since = out.len();
        out.push(fault);
    } else if is_status {
        let former = is_forgiving.then_some(old);
        out.append(&mut new.check_status(former));
    }
    let checks = Checks {
        schema: is_ours && !is_status && !new.fits(version, Checks::SCHEMA),
        // Duplicates are reported only if the old object had none.
        lists: !has_duplicates(old, version),
        rules: true,
    };
    let mut walk = Walk::new(checks, Until::End);
    new.walk(version, Some(old), &mut walk);
    let mut found = walk.found;
    if !is_forgiving {
        found.rules.append(&mut found.forgiven);
    }
    out.append(&mut found.schema);
    if let (Some(scale), true) = (&version.scale, is_ours) {
        if !is_status {
            scale.check_spec(new, &mut out);
        }
        scale.check_status(new, &mut out);
    }
    if !is_status {
        new.check_embedded(version, &mut out);
    }
    let forgiven = conclude(version, found, since, &mut out);
    (out, forgiven)
}

fn has_duplicates(resource: &Resource<'_>, version: &Version) -> bool {
    let mut walk = Walk::new(Checks::LISTS, Until::Any);
    resource.walk(version, None, &mut walk);
    !walk.found.lists.is_empty()
}

fn scale<T>(
    validator: Validator<'_>,
    old: Body<'_>,
    replicas: i32,
    request: Request<'_>,
    keep: Keep<T>,
    notes: &mut Notes,
) -> Result<T, Rejection> {
    let Some(paths) = &validator.version.scale else {
        let detail = "the resource has no scale subresource";
        return Err(Violation::request(ErrorType::NotFound, detail).into());
    };
    let stored = Stored::read(old, validator)?;
    let mut old = stored.resource(validator)?;
    old.metadata.namespace = namespace_or(validator.crd, request.namespace, old.metadata.namespace);
    let mut scaled = Value::Object(old.copy_fields());
    if !paths.set_replicas(&mut scaled, replicas) {
        let detail = "a part of the path of the replica count is no object";
        return Err(Violation::request(ErrorType::Internal, detail).into());
    }
    let root = View::new(&scaled, &validator.version.schema, old.root.mode);
    let new = Resource {
        root,
        ..old.clone()
    };
    let new = prepare_update(validator, new, &old, false);
    finish_update(validator, &new, &old, false, keep, notes)
}
