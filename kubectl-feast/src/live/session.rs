//! A connection to an API server, with timeouts.

use std::env;
use std::future::Future;

use feast_render::ObjectRef;
use futures::StreamExt as _;
use kube::Client;
use kube::api::DynamicObject;
use kube::config::{Config, KubeConfigOptions, Kubeconfig};
use kube::core::params::{GetParams, ListParams, PatchParams};
use kube::core::{ApiResource, Request, Resource as _};
use serde::Serialize;
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};

use super::args::{Target, Timeout};
use super::asked::{Asked, resource_of};
use super::error::Error;
use super::proxy;

/// Number of objects per list request.
const PAGE: u32 = 500;
/// Maximum number of concurrent requests.
const AT_ONCE: usize = 16;

/// A connection to an API server.
pub(crate) struct Session {
    client: Client,
    /// Its address, for messages.
    server: String,
    timeout: Timeout,
    /// The namespace of the context.
    namespace: String,
}

/// Runs a future with a session.
pub(crate) fn with<T>(
    target: &Target,
    work: impl AsyncFnOnce(Session) -> Result<T, Error>,
) -> Result<T, Error> {
    runtime()?.block_on(async { work(Session::open(target).await?).await })
}

fn runtime() -> Result<Runtime, Error> {
    Ok(Builder::new_current_thread().enable_all().build()?)
}

impl Session {
    async fn open(target: &Target) -> Result<Self, Error> {
        // Two crates offer a TLS cryptography provider; select one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut config = config(target).await?;
        let timeout = target.request_timeout.unwrap_or_default();
        config.connect_timeout = timeout.0;
        config.read_timeout = timeout.0;
        if let Some(user) = &target.impersonate {
            let groups = &target.impersonate_groups;
            config.auth_info.impersonate = Some(user.clone());
            config.auth_info.impersonate_groups = (!groups.is_empty()).then(|| groups.clone());
        }
        let server = address(&config);
        let namespace = config.default_namespace.clone();
        let client = Client::try_from(config);
        Ok(Self {
            client: client.map_err(|error| Error::of_client(&error, &server))?,
            server,
            timeout,
            namespace,
        })
    }

    /// The namespace of the context.
    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// An object, if it exists.
    pub(crate) async fn get(&self, object: &ObjectRef) -> Result<Option<Value>, Error> {
        let kind = resource_of(object);
        let namespace = object.namespace.as_deref();
        let asked = Asked::new("get", &kind);
        let asked = asked.within(namespace).named(&object.name);
        let request = Request::new(DynamicObject::url_path(&kind, namespace));
        let request = request.get(&object.name, &GetParams::default());
        // No object can have this name.
        let Ok(request) = request else {
            return Ok(None);
        };
        match self.ask(request, &asked).await {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// All objects of a kind with these labels, in a namespace or in all, read in pages; empty if
    /// the cluster does not have the kind.
    pub(crate) async fn list(
        &self,
        kind: &ApiResource,
        namespace: Option<&str>,
        params: &ListParams,
    ) -> Result<Option<Vec<Value>>, Error> {
        let mut params = params.clone().limit(PAGE);
        let mut all = Vec::new();
        loop {
            let page = match self.page(kind, namespace, &params).await {
                Ok(page) => page,
                Err(Error::NotFound(_)) => return Ok(None),
                // The continue token has expired; a single list request cannot expire.
                Err(error) if error.code() == Some(410) && params.limit.is_some() => {
                    params.limit = None;
                    params.continue_token = None;
                    all.clear();
                    continue;
                }
                Err(error) => return Err(error),
            };
            let (items, next) = page;
            all.extend(items);
            match next {
                Some(token) => params = params.continue_token(&token),
                None => return Ok(Some(all)),
            }
        }
    }

    /// A page of a list, and the token of the next one.
    async fn page(
        &self,
        kind: &ApiResource,
        namespace: Option<&str>,
        params: &ListParams,
    ) -> Result<(Vec<Value>, Option<String>), Error> {
        let asked = Asked::new("list", kind).within(namespace);
        let request = Request::new(DynamicObject::url_path(kind, namespace));
        let request = request.list(params).map_err(|error| self.unasked(&error))?;
        let mut page = self.ask(request, &asked).await?;
        let items = match page["items"].take() {
            Value::Array(items) => items,
            _ => Vec::new(),
        };
        let items = items.into_iter().map(|item| typed(item, kind)).collect();
        let next = page["metadata"]["continue"].as_str();
        let next = next.filter(|next| !next.is_empty()).map(str::to_owned);
        Ok((items, next))
    }

    /// The result of a patch, as a dry run.
    pub(crate) async fn try_patch<P: Serialize + std::fmt::Debug>(
        &self,
        object: &ObjectRef,
        params: PatchParams,
        patch: &kube::api::Patch<P>,
    ) -> Result<Value, Error> {
        let kind = resource_of(object);
        let namespace = object.namespace.as_deref();
        let asked = Asked::new("patch", &kind);
        let asked = asked.within(namespace).named(&object.name);
        let request = Request::new(DynamicObject::url_path(&kind, namespace));
        let request = request.patch(&object.name, &params.dry_run(), patch);
        let request = request.map_err(|error| self.unasked(&error))?;
        self.ask(request, &asked).await
    }

    /// The server's version information, with `major` and `minor`.
    pub(crate) async fn version(&self) -> Result<Value, Error> {
        self.ask_path("/version", "version").await
    }

    /// Whether the cluster has a kind.
    pub(crate) async fn serves(&self, api_version: &str, kind: &str) -> Result<bool, Error> {
        let path = format!("/apis/{api_version}");
        let found = match self.ask_path(&path, api_version).await {
            Ok(found) => found,
            Err(Error::NotFound(_)) => return Ok(false),
            Err(error) => return Err(error),
        };
        let mut resources = found["resources"].as_array().into_iter().flatten();
        Ok(resources.any(|resource| resource["kind"] == kind))
    }

    /// The response for a path that is not an object's.
    async fn ask_path(&self, path: &str, resource: &str) -> Result<Value, Error> {
        let request = http::Request::get(path).body(Vec::new());
        let request = request.map_err(|error| self.unasked(&error))?;
        let asked = Asked {
            verb: "get",
            resource: resource.to_owned(),
            namespace: None,
            name: None,
        };
        self.ask(request, &asked).await
    }

    async fn ask(&self, request: http::Request<Vec<u8>>, asked: &Asked) -> Result<Value, Error> {
        let answer = self.client.request_text(request);
        let answer = match self.timeout {
            Timeout(None) => answer.await,
            Timeout(Some(after)) => {
                let late = |_| Error::Late {
                    server: self.server.clone(),
                    after,
                };
                tokio::time::timeout(after, answer).await.map_err(late)?
            }
        };
        let text = answer.map_err(|error| Error::of_request(error, asked, &self.server))?;
        serde_json::from_str(&text).map_err(|_| Error::Gibberish(self.server.clone()))
    }

    fn unasked(&self, error: &dyn std::error::Error) -> Error {
        Error::Unreachable {
            server: self.server.clone(),
            reason: error.to_string(),
        }
    }
}

/// Processes items concurrently; the results are in order.
pub(crate) async fn each<I, T, F>(
    items: impl IntoIterator<Item = I>,
    work: impl FnMut(I) -> F,
) -> Result<Vec<T>, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    let results = futures::stream::iter(items).map(work).buffered(AT_ONCE);
    let results: Vec<_> = results.collect().await;
    results.into_iter().collect()
}

async fn config(target: &Target) -> Result<Config, Error> {
    let kubeconfig = match &target.kubeconfig {
        Some(file) => Kubeconfig::read_from(file),
        None => Kubeconfig::read(),
    };
    let kubeconfig = match kubeconfig.map_err(Error::from) {
        // In a pod, use its ServiceAccount.
        Err(Error::NoKubeconfig(path)) if target.is_open() => {
            return Config::incluster().map_err(|_| Error::NoKubeconfig(path));
        }
        kubeconfig => kubeconfig?,
    };
    let options = KubeConfigOptions {
        context: target.context.clone(),
        cluster: target.cluster.clone(),
        user: target.user.clone(),
    };
    if let Some(user) = &target.user
        && !kubeconfig
            .auth_infos
            .iter()
            .any(|known| known.name == *user)
    {
        return Err(Error::Unknown {
            what: "user",
            name: user.clone(),
        });
    }
    let has_a_proxy = proxy::is_named(&kubeconfig, &options);
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &options).await?;
    if !has_a_proxy && proxy::is_exempt(&config.cluster_url, &no_proxy()) {
        config.proxy_url = None;
    }
    Ok(config)
}

/// The environment's `NO_PROXY`.
fn no_proxy() -> String {
    let given = ["NO_PROXY", "no_proxy"].map(|name| env::var(name).ok());
    given.into_iter().flatten().next().unwrap_or_default()
}

/// The address of a server, without credentials in it.
fn address(config: &Config) -> String {
    let host = config.cluster_url.host().unwrap_or_default();
    let scheme = config.cluster_url.scheme_str().unwrap_or("https");
    match config.cluster_url.port_u16() {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    }
}

/// A list item with its type, which lists of built-in kinds omit.
fn typed(mut item: Value, kind: &ApiResource) -> Value {
    if let Some(fields) = item.as_object_mut() {
        let api_version = || Value::from(kind.api_version.as_str());
        fields.entry("apiVersion").or_insert_with(api_version);
        fields
            .entry("kind")
            .or_insert_with(|| Value::from(kind.kind.as_str()));
    }
    item
}
