//! What rules look at: a small struct for each kind of place, read from JSON here and from typed
//! values in `typed`.

use super::mlflow_extra_config::RESERVED;
use super::scaling_replicas_or_autoscaling::is_single;
use crd_admission::native::eval::{Eval, Field, Object, or};

/// Read from the JSON that a rule stands at.
pub(crate) trait Facts<'a>: Sized {
    fn read(this: Object<'a>) -> Self;
}

/// `spec`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spec<'a> {
    pub(crate) replicas: Eval<i64>,
    /// `has()` of `services`, `services.scaling` and `services.scaling.autoscaling`.
    pub(crate) autoscaling: [Eval<bool>; 3],
    is_single: Eval<bool>,
    /// What replicas have to share; not read for one alone.
    stores: Option<Stores<'a>>,
}

/// Where a FeatureStore keeps its state.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stores<'a> {
    /// `has()` of the online store, its persistence and the latter's store.
    pub(crate) online: [Eval<bool>; 3],
    /// The same for the offline store.
    pub(crate) offline: [Eval<bool>; 3],
    pub(crate) registry: Eval<bool>,
    pub(crate) remote_registry: Eval<bool>,
    /// `has()` of the local registry, and its persistence.
    pub(crate) local_registry: [Eval<bool>; 2],
    pub(crate) registry_store: Eval<bool>,
    pub(crate) registry_file: Eval<bool>,
    pub(crate) registry_path: Field<&'a str>,
}

impl<'a> Spec<'a> {
    pub(crate) fn new(
        replicas: Eval<i64>,
        autoscaling: [Eval<bool>; 3],
        stores: impl FnOnce() -> Stores<'a>,
    ) -> Self {
        let is_single = is_single(replicas, autoscaling);
        Self {
            replicas,
            autoscaling,
            is_single,
            stores: (is_single != Ok(true)).then(stores),
        }
    }

    /// `single || shared`
    pub(super) fn single_or(&self, shared: impl FnOnce(&Stores<'a>) -> Eval<bool>) -> Eval<bool> {
        match &self.stores {
            Some(stores) => or([self.is_single, shared(stores)]),
            None => self.is_single,
        }
    }
}

impl<'a> Facts<'a> for Spec<'a> {
    fn read(this: Object<'a>) -> Self {
        let services = this.object("services");
        let scaling = child(&services, "scaling");
        let autoscaling = child(&scaling, "autoscaling");
        let autoscaling = [services.has(), scaling.has(), autoscaling.has()];
        let replicas = this.integer("replicas").get();
        Self::new(replicas, autoscaling, || Stores::read(&services))
    }
}

impl<'a> Stores<'a> {
    fn read(services: &Field<Object<'a>>) -> Self {
        let store = |name| {
            let store = child(services, name);
            let persistence = child(&store, "persistence");
            [
                store.has(),
                persistence.has(),
                child(&persistence, "store").has(),
            ]
        };
        let registry = child(services, "registry");
        let local = child(&registry, "local");
        let persistence = child(&local, "persistence");
        let file = child(&persistence, "file");
        Self {
            online: store("onlineStore"),
            offline: store("offlineStore"),
            registry: registry.has(),
            remote_registry: child(&registry, "remote").has(),
            local_registry: [local.has(), persistence.has()],
            registry_store: child(&persistence, "store").has(),
            registry_file: file.has(),
            registry_path: match file.get() {
                Ok(file) => file.text("path"),
                Err(fault) => Field::new("path", Err(fault)),
            },
        }
    }
}

/// A field of an object that is a field itself.
fn child<'a>(parent: &Field<Object<'a>>, name: &'static str) -> Field<Object<'a>> {
    match parent.get() {
        Ok(object) => object.object(name),
        Err(fault) => Field::new(name, Err(fault)),
    }
}

/// Fields of which one is wanted, in the order of the rule's text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choice<const N: usize>(pub(crate) [Eval<bool>; N]);

impl<const N: usize> Choice<N> {
    pub(crate) fn read(this: Object<'_>, names: [&'static str; N]) -> Self {
        Self(names.map(|name| this.has(name)))
    }
}

/// A `featureRepoPath`, in a Git repository or an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RepoPath<'a> {
    pub(crate) feature_repo_path: Field<&'a str>,
}

impl<'a> Facts<'a> for RepoPath<'a> {
    fn read(this: Object<'a>) -> Self {
        Self {
            feature_repo_path: this.text("featureRepoPath"),
        }
    }
}

/// `mlflow`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mlflow {
    pub(crate) has_extra_config: Eval<bool>,
    /// Whether each of [`RESERVED`] is a key of it.
    pub(crate) reserved: [Eval<bool>; RESERVED.len()],
}

impl<'a> Facts<'a> for Mlflow {
    fn read(this: Object<'a>) -> Self {
        let config = this.object("extraConfig");
        Self {
            has_extra_config: config.has(),
            reserved: match config.get() {
                Ok(config) => RESERVED.map(|key| config.contains(key)),
                Err(fault) => [Err(fault); RESERVED.len()],
            },
        }
    }
}

/// `tls` of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tls {
    pub(crate) disable: Field<bool>,
    pub(crate) has_secret: Eval<bool>,
}

impl<'a> Facts<'a> for Tls {
    fn read(this: Object<'a>) -> Self {
        Self {
            disable: this.boolean("disable"),
            has_secret: this.object("secretRef").has(),
        }
    }
}

/// `pvc` of a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pvc<'a> {
    pub(crate) choice: Choice<2>,
    pub(crate) mount_path: Field<&'a str>,
}

impl<'a> Facts<'a> for Pvc<'a> {
    fn read(this: Object<'a>) -> Self {
        Self {
            choice: Choice::read(this, ["ref", "create"]),
            mount_path: this.text("mountPath"),
        }
    }
}

/// `persistence.file` of the online store or the registry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct File<'a> {
    pub(crate) has_pvc: Eval<bool>,
    pub(crate) path: Field<&'a str>,
    pub(crate) has_s3_settings: Eval<bool>,
}

impl<'a> Facts<'a> for File<'a> {
    fn read(this: Object<'a>) -> Self {
        Self {
            has_pvc: this.object("pvc").has(),
            path: this.text("path"),
            has_s3_settings: this.object("s3_additional_kwargs").has(),
        }
    }
}

/// `registry.local.server`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RegistryServer {
    pub(crate) rest_api: Field<bool>,
    pub(crate) grpc: Field<bool>,
    pub(crate) has_mcp: Eval<bool>,
    pub(crate) mcp_enabled: Field<bool>,
}

impl<'a> Facts<'a> for RegistryServer {
    fn read(this: Object<'a>) -> Self {
        let mcp = this.object("mcp");
        Self {
            rest_api: this.boolean("restAPI"),
            grpc: this.boolean("grpc"),
            has_mcp: mcp.has(),
            mcp_enabled: match mcp.get() {
                Ok(mcp) => mcp.boolean("enabled"),
                Err(fault) => Field::new("enabled", Err(fault)),
            },
        }
    }
}
