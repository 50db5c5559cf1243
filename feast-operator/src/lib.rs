//! An operator for Feast FeatureStores, on `feast-render` and `feast-validate`.
//!
//! The libraries do the work; what is here is what a cluster asks for: watches, server-side apply,
//! a status, a lease, a webhook. It is meant to be read, and to be taken apart:
//!
//! | module | what it does |
//! | --- | --- |
//! | [`knowledge`], [`cache`], [`contents`], [`dependents`], [`listed`], [`answers`] | what is known of the cluster, and whom a change concerns: pure |
//! | [`decide`], [`adopt`], [`claims`] | what has to be done, by what is known: pure |
//! | [`hands`], [`context`] | what acts: a client, writings, metrics; and both together |
//! | [`watch`], [`observed`] | hears of the cluster without asking it twice |
//! | [`dereference`] | gathers what rendering a FeatureStore is given |
//! | [`reconcile`] | one pass: dereference, render, apply, report |
//! | [`apply`], [`writing`], [`writings`] | writes what is not as it should be, and nothing else |
//! | [`preview`], [`foreseen`] | what it would do, without doing it |
//! | [`report`], [`deeds`], [`events`] | status and events |
//! | [`health`], [`meter`], [`spans`], `traces`, `metrics`, `serve` | how the operator itself is |
//! | [`finalizer`], [`departed`], [`shared`] | what nobody owns is cleaned up, and written for many at once |
//! | [`controller`], [`leader`] | runs passes, on one of several operators |
//! | [`bounded`], [`pace`], [`segment`] | requests that end, are not too many, and ask for what is meant |
//! | `webhook` | verdicts and advice for the API server |
//! | [`configuration`], `settings` | what it is to do; the arguments of the program |
//! | `manifests` | everything to install it with |
//!
//! # Features
//!
//! The program needs `cli`, which is on by default: the command line, what is served, and what installs
//! it. A library that looks after FeatureStores needs none. `webhook`, `metrics` (for Prometheus) and
//! `opentelemetry` (for collectors of spans) can be had alone.

pub mod adopt;
pub mod answers;
pub mod apply;
pub mod backoff;
pub mod bounded;
pub mod cache;
pub mod claims;
pub mod configuration;
pub mod contents;
pub mod context;
pub mod controller;
pub mod decide;
pub mod deeds;
pub mod departed;
pub mod dependents;
pub mod dereference;
pub mod error;
pub mod events;
pub mod finalizer;
pub mod foreseen;
pub mod hands;
pub mod health;
pub mod knowledge;
pub mod leader;
pub mod listed;
#[cfg(feature = "cli")]
pub mod manifests;
pub mod meter;
#[cfg(feature = "metrics")]
pub mod metrics;
pub mod observed;
pub mod pace;
mod packed;
pub mod platform;
pub mod preview;
mod queue;
pub mod reconcile;
pub mod report;
pub mod segment;
#[cfg(feature = "cli")]
pub mod serve;
#[cfg(feature = "cli")]
pub mod settings;
pub mod shared;
pub mod spans;
#[cfg(feature = "opentelemetry")]
pub mod traces;
mod turn;
pub mod watch;
#[cfg(feature = "webhook")]
pub mod webhook;
pub mod writing;
pub mod writings;

#[doc(no_inline)]
pub use {k8s_openapi, kube};

/// The field manager of all that is applied, and the operator's name in events.
pub const MANAGER: &str = feast_render::drift::MANAGER;

/// The field manager of Feast's Go operator: the name of its program.
pub const REFERENCE_MANAGER: &str = "manager";

/// Annotation of a FeatureStore that is left as it is, status included, while its value is `true`. One
/// that is deleted goes all the same.
pub const PAUSED: &str = "feast.dev/paused";

/// Annotation of a FeatureStore that says whether the claims that it creates stay when it goes, or no longer
/// calls for them: `true` or `false`.
pub const KEEP_CLAIMS: &str = "feast.dev/keep-claims";

/// The guide's examples.
#[cfg(all(doctest, feature = "cli"))]
#[doc = include_str!("../../docs/operator.md")]
struct Guide;
