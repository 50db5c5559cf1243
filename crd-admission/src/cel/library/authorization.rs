//! Functions of the authorizer.
//!
//! Every environment declares them, but the rules of a CustomResourceDefinition have no authorizer
//! variable, so there is no value to call them on.

use std::sync::Arc;

use super::{Cost, Overload, Run};
use crate::cel::fault::Fault;
use crate::cel::types::Type as T;

/// The compatibility version that added them.
const SINCE: u32 = 27;
/// The compatibility version that added selectors.
const SELECTORS_SINCE: u32 = 31;

pub(super) fn overloads() -> Vec<Overload> {
    let [authorizer, path, group, resource, decision] = [
        "Authorizer",
        "PathCheck",
        "GroupCheck",
        "ResourceCheck",
        "Decision",
    ]
    .map(|name| T::Object(Arc::from(format!("kubernetes.authorization.{name}"))));
    let on_text = |function, id, receiver: &T, result: &T| {
        let params = [receiver.clone(), T::String];
        Overload::member(function, id, params, result.clone(), NEVER).costs(Cost::ACCESS)
    };
    let accessor = |function, id, result| {
        Overload::member(function, id, [decision.clone()], result, NEVER).costs(Cost::ACCESS)
    };
    let account = [authorizer.clone(), T::String, T::String];
    let overloads = [
        on_text("path", "authorizer_path", &authorizer, &path),
        on_text("group", "authorizer_group", &authorizer, &group),
        Overload::member(
            "serviceAccount",
            "authorizer_serviceaccount",
            account,
            authorizer.clone(),
            NEVER,
        )
        .costs(Cost::ACCESS),
        on_text("resource", "groupcheck_resource", &group, &resource),
        on_text(
            "subresource",
            "resourcecheck_subresource",
            &resource,
            &resource,
        ),
        on_text("namespace", "resourcecheck_namespace", &resource, &resource),
        on_text("name", "resourcecheck_name", &resource, &resource),
        on_text("check", "pathcheck_check", &path, &decision).costs(Cost::AUTHORIZATION),
        on_text("check", "resourcecheck_check", &resource, &decision).costs(Cost::AUTHORIZATION),
        accessor("errored", "decision_errored", T::Bool),
        accessor("error", "decision_error", T::String),
        accessor("allowed", "decision_allowed", T::Bool),
        accessor("reason", "decision_reason", T::String),
    ];
    let selectors = [
        on_text(
            "fieldSelector",
            "authorizer_fieldselector",
            &resource,
            &resource,
        ),
        on_text(
            "labelSelector",
            "authorizer_labelselector",
            &resource,
            &resource,
        ),
    ];
    let overloads = overloads.map(|overload| overload.since(SINCE));
    let selectors = selectors.map(|overload| overload.costs(Cost::SELECTOR).since(SELECTORS_SINCE));
    overloads.into_iter().chain(selectors).collect()
}

/// It is never called.
const NEVER: Run = |_| Err(Fault::NoSuchOverload);
