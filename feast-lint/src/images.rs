//! The images of processes, and the packages that the default image lacks.

use apimachinery::FieldPath;

use crate::context::Context;
use crate::sdk;

/// A requirement of a FeatureStore that the default image does not meet.
#[derive(Clone, Debug)]
pub(crate) struct Lacking {
    /// `online_store`, `offline_store` or `batch_engine`.
    pub(crate) block: &'static str,
    /// The field that requires it.
    pub(crate) path: FieldPath,
    /// The type of the store or engine.
    pub(crate) kind: String,
    /// The SDK extra it needs.
    pub(crate) extra: &'static str,
}

/// The stores and batch engine whose packages the default image lacks.
pub(crate) fn lacking(cx: &Context<'_>) -> Vec<Lacking> {
    let services = cx.services();
    let online = services.and_then(|services| {
        let store = services.online_store.as_ref()?;
        Some(store.database()?.type_.to_string())
    });
    let offline = services.and_then(|services| {
        let store = services.offline_store.as_ref()?;
        Some(store.database()?.type_.to_string())
    });
    let engine = cx.engine().map(|engine| engine.kind.to_owned());
    let all = [
        (
            "online_store",
            "spec.services.onlineStore.persistence.store.type",
            online,
        ),
        (
            "offline_store",
            "spec.services.offlineStore.persistence.store.type",
            offline,
        ),
        ("batch_engine", "spec.batchEngine.configMapRef", engine),
    ];
    let lacking = all.into_iter().filter_map(|(block, place, kind)| {
        let kind = kind?;
        let extra = sdk::lacking_extra(block, &kind)?;
        let path = FieldPath::of(place);
        Some(Lacking {
            block,
            path,
            kind,
            extra,
        })
    });
    lacking.collect()
}

/// Whether any server runs the default image.
pub(crate) fn servers_run_default(cx: &Context<'_>) -> bool {
    let is_default = |image: &Option<String>| image.is_none();
    !has_own_default(cx)
        && cx
            .servers
            .iter()
            .any(|server| is_default(&server.config.image))
}

/// Whether the init containers run the default image.
pub(crate) fn init_containers_run_default(cx: &Context<'_>) -> bool {
    let services = cx.services();
    let has_own = services.is_some_and(|services| services.init_image.is_some());
    !has_own && !has_own_default(cx) && cx.has_init_containers()
}

/// Whether the operator replaces the default image.
fn has_own_default(cx: &Context<'_>) -> bool {
    let environment = &cx.subject.inputs.settings().environment;
    let project = cx.spec().feast_project_dir.as_ref();
    let packaged = project.and_then(|project| project.packaged.as_ref());
    environment.feature_server_image.is_some() || packaged.is_some_and(|own| own.image.is_some())
}
