//! An operator for Feast FeatureStores, on `feast-render` and `feast-validate`.
//!
//! The libraries do the work; this crate connects them to a cluster, with watches, server-side
//! apply, status, leader election and a webhook. It is meant to be read, and to be taken apart:
//!
//! | module | what it does |
//! | --- | --- |
//! | [`knowledge`], [`cache`], [`contents`], [`dependents`], [`listed`], [`answers`] | known state of the cluster, and which FeatureStores a change affects: pure |
//! | [`decide`], [`adopt`], [`claims`] | what to do about the known state: pure |
//! | [`hands`], [`context`] | side effects: client, writes, metrics; and the context of all passes |
//! | [`watch`], [`fetched`], [`observed`] | watches; objects as a client gets them, and as kept in memory |
//! | [`dereference`] | gathers the inputs for rendering |
//! | [`reconcile`] | one pass: dereference, render, apply, report |
//! | [`apply`], [`writing`], [`writings`] | writes only what differs |
//! | [`preview`], [`foreseen`] | what the operator would do, without doing it |
//! | [`report`], [`deeds`], [`events`] | status and events |
//! | [`health`], [`meter`], [`spans`], `traces`, `metrics`, `serve` | health, metrics and traces of the operator |
//! | [`finalizer`], [`departed`], [`shared`] | shared objects: written in batches, and cleaned up |
//! | [`controller`], [`leader`] | runs passes; leader election |
//! | [`bounded`], [`pace`], [`segment`] | timeouts and rate limits of requests; names in URLs |
//! | `webhook` | verdicts and lints for the API server |
//! | [`configuration`], `settings` | the configuration; the command-line flags |
//! | `manifests` | the installation manifests |
//!
//! # Features
//!
//! The program needs `cli`, which is on by default: the command line, the endpoints and the
//! manifests. A library that reconciles FeatureStores needs no feature. `webhook`, `metrics` (for
//! Prometheus) and `opentelemetry` (for trace collectors) can be used alone.

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
pub mod fetched;
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

/// The field manager of everything that is applied, and the operator's name in events.
pub const MANAGER: &str = feast_render::drift::MANAGER;

/// The field manager of Feast's Go operator: the name of its program.
pub const REFERENCE_MANAGER: &str = "manager";

/// Annotation of a FeatureStore that, if `true`, makes the operator leave it unchanged, including
/// its status. It can still be deleted.
pub const PAUSED: &str = "feast.dev/paused";

/// Annotation of a FeatureStore that determines whether the claims it creates are kept when it is
/// deleted or no longer needs them: `true` or `false`.
pub const KEEP_CLAIMS: &str = "feast.dev/keep-claims";

/// The guide's examples.
#[cfg(all(doctest, feature = "cli"))]
#[doc = include_str!("../../docs/operator.md")]
struct Guide;
