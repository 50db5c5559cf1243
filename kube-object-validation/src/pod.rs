//! Pod templates.

use std::collections::BTreeSet;

use apimachinery::names;

use crate::annotations;
use crate::container;
use crate::labels;
use crate::node::Node;
use crate::refusal::Refusals;
use crate::release;
use crate::scheduling;
use crate::security;
use crate::volumes::{self, Kind};

/// A template. The API server omits `metadata` from its paths.
pub(crate) fn check_template(template: &Node<'_, '_>, out: &mut Refusals) {
    let metadata = template.get("metadata").hidden();
    labels::check(&metadata.get("labels"), out);
    let (annotations, spec) = (metadata.get("annotations"), template.get("spec"));
    labels::check_annotations(&annotations, out);
    annotations::check(&annotations, &spec, out);
    check_spec(&spec, out);
}

fn check_spec(spec: &Node<'_, '_>, out: &mut Refusals) {
    let list = spec.get("volumes");
    let claims = spec.get("resourceClaims");
    let pod = container::Pod {
        volumes: &volumes::check(&list, out),
        claims: &volumes::claim_names(&claims),
    };
    if out.is_on(release::RESOURCE_CLAIMS) {
        check_claims(&claims, out);
    }
    container::check_all(spec, &pod, out);
    labels::check(&spec.get("nodeSelector"), out);
    security::check_pod(spec, out);
    scheduling::check_affinity(&spec.get("affinity"), out);
    scheduling::check_spread(&spec.get("topologySpreadConstraints"), out);
    scheduling::check_tolerations(&spec.get("tolerations"), out);
    let account = spec.get("serviceAccountName");
    if !account.is_empty() {
        out.check(&account, names::dns_subdomain);
    }
    if out.is_on(release::ENV_FILES) {
        check_file_variables(spec, out);
    }
}

fn check_claims(claims: &Node<'_, '_>, out: &mut Refusals) {
    let mut seen = BTreeSet::new();
    for claim in claims.items() {
        let name = claim.get("name");
        if name.is_empty() {
            out.required(&name, "");
        } else if !seen.insert(name.text_or_empty()) {
            out.duplicate(&name);
        } else {
            out.check(&name, names::dns_label);
        }
        let sources = ["resourceClaimName", "resourceClaimTemplateName"];
        let sources = sources.map(|source| claim.get(source));
        match sources.map(|source| source.exists()) {
            [true, true] => out.invalid(
                &claim,
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified",
            ),
            [false, false] => out.invalid(
                &claim,
                "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
            ),
            _ => {}
        }
        for source in sources.iter().filter(|source| source.exists()) {
            out.check(source, names::dns_subdomain);
        }
    }
}

/// Variables from files need a volume of type `emptyDir`.
fn check_file_variables(spec: &Node<'_, '_>, out: &mut Refusals) {
    let list = spec.get("volumes");
    let kinds = volumes::kinds(&list);
    let (containers, init) = (spec.get("containers"), spec.get("initContainers"));
    for container in init.items().chain(containers.items()) {
        for variable in container.get("env").items() {
            let source = variable.get("valueFrom");
            let reference = source.get("fileKeyRef");
            if !reference.exists() {
                continue;
            }
            let volume = reference.get("volumeName");
            match kinds.get(volume.text_or_empty()) {
                None => out.not_found(&volume, ""),
                Some(Kind::EmptyDir) => {}
                Some(Kind::Other) => {
                    out.invalid(&volume, "referenced volume must be of type emptyDir");
                }
            }
        }
    }
}
