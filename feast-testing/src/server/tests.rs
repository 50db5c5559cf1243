//! The server, as clients see it.

use futures::TryStreamExt;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};
use kube::api::{
    Api, DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams, Preconditions,
    WatchEvent, WatchParams,
};
use kube::core::{ApiResource, GroupVersionKind, Status};
use kube::{Error, ResourceExt};

use super::*;

const THINGS: &[u8] = b"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.count, statusReplicasPath: .status.count}
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:
              size: {type: integer, maximum: 9}
              count: {type: integer, minimum: 1, default: 1}
          status:
            type: object
            properties: {count: {type: integer}}
";

fn things(server: &Server) -> Api<DynamicObject> {
    let kind = GroupVersionKind::gvk("example.com", "v1", "Thing");
    Api::namespaced_with(server.client(), "ml", &ApiResource::from_gvk(&kind))
}

fn thing(spec: &Value) -> Value {
    json!({
        "apiVersion": "example.com/v1", "kind": "Thing",
        "metadata": { "name": "a" }, "spec": spec,
    })
}

fn config(name: &str, data: &Value) -> ConfigMap {
    let metadata = json!({ "namespace": "ml", "name": name, "labels": { "of": name } });
    serde_json::from_value(json!({ "metadata": metadata, "data": data })).unwrap()
}

fn configs(server: &Server) -> Api<ConfigMap> {
    Api::namespaced(server.client(), "ml")
}

async fn create(server: &Server, names: &[&str]) {
    for name in names {
        let map = config(name, &json!({}));
        configs(server)
            .create(&PostParams::default(), &map)
            .await
            .unwrap();
    }
}

/// An apply by a manager.
async fn apply(server: &Server, manager: &str, data: &Value) -> kube::Result<ConfigMap> {
    let map = json!({ "metadata": { "name": "a" }, "data": data });
    let params = PatchParams::apply(manager);
    configs(server)
        .patch("a", &params, &Patch::Apply(&map))
        .await
}

fn refusal<T: fmt::Debug>(result: kube::Result<T>) -> Box<Status> {
    match result.unwrap_err() {
        Error::Api(status) => status,
        other => panic!("{other}"),
    }
}

/// Code, reason and message of a rejection.
fn said<T: fmt::Debug>(result: kube::Result<T>) -> (u16, String, String) {
    let status = refusal(result);
    (status.code, status.reason, status.message)
}

fn says(code: u16, reason: &str, message: &str) -> (u16, String, String) {
    (code, reason.to_owned(), message.to_owned())
}

#[tokio::test]
async fn objects_are_made_replaced_and_deleted() {
    let server = Server::new();
    let (api, params) = (configs(&server), PostParams::default());
    let made = api.create(&params, &config("a", &json!({}))).await.unwrap();
    assert_eq!(made.resource_version().as_deref(), Some("1"));
    assert!(made.uid().is_some());
    assert_eq!(
        said(api.create(&params, &made).await),
        says(409, "AlreadyExists", r#"configmaps "a" already exists"#)
    );
    let mut changed = made.clone();
    changed.data = Some([("k".into(), "v".into())].into());
    let replaced = api.replace("a", &params, &changed).await.unwrap();
    assert_eq!(replaced.resource_version().as_deref(), Some("2"));
    assert_eq!(replaced.uid(), made.uid());
    assert_eq!(
        said(api.replace("a", &params, &made).await),
        says(
            409,
            "Conflict",
            "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; \
             please apply your changes to the latest version and try again"
        )
    );
    let same = api.replace("a", &params, &replaced).await.unwrap();
    assert_eq!(same.resource_version().as_deref(), Some("2"), "no change");
    let other = Preconditions {
        uid: Some("x".into()),
        resource_version: None,
    };
    let of_other = DeleteParams::default().preconditions(other);
    assert_eq!(refusal(api.delete("a", &of_other).await).code, 409);
    assert!(
        api.delete("a", &DeleteParams::default())
            .await
            .unwrap()
            .is_right()
    );
    assert_eq!(
        said(api.get("a").await),
        says(404, "NotFound", r#"configmaps "a" not found"#)
    );
    let secrets: Api<Secret> = Api::all(server.client());
    assert_eq!(said(secrets.get("a").await).0, 404, "no namespace");
}

#[tokio::test]
async fn objects_are_deleted_with_their_last_finalizer() {
    let server = Server::new();
    let api = configs(&server);
    let mut map = config("a", &json!({}));
    map.metadata.finalizers = Some(vec!["example.com/keep".into()]);
    api.create(&PostParams::default(), &map).await.unwrap();
    let left = api.delete("a", &DeleteParams::default()).await.unwrap();
    assert!(left.left().unwrap().metadata.deletion_timestamp.is_some());
    let patch = json!({ "metadata": { "finalizers": null, "deletionTimestamp": null } });
    let patch = Patch::Merge(&patch);
    api.patch("a", &PatchParams::default(), &patch)
        .await
        .unwrap();
    assert!(api.get_opt("a").await.unwrap().is_none());
}

#[tokio::test]
async fn applying_respects_managers() {
    let server = Server::new();
    let made = apply(&server, "one", &json!({ "a": "1", "b": "2" }))
        .await
        .unwrap();
    assert!(made.uid().is_some());
    assert_eq!(
        said(apply(&server, "two", &json!({ "a": "3" })).await),
        says(
            409,
            "Conflict",
            r#"Apply failed with 1 conflict: conflict with "one": .data.a"#
        )
    );
    apply(&server, "two", &json!({ "b": "2", "c": "3" }))
        .await
        .unwrap();
    let left = apply(&server, "one", &json!({})).await.unwrap();
    assert_eq!(json!(left.data), json!({ "b": "2", "c": "3" }));
    let managers: Vec<_> = left
        .managed_fields()
        .iter()
        .map(|entry| &entry.manager)
        .collect();
    assert_eq!(managers, [&Some("two".to_owned())]);

    // An update can transfer fields to another manager; nothing else can.
    let mut handed = left.managed_fields().to_vec();
    handed[0].manager = Some("one".into());
    let patch = json!({ "metadata": { "managedFields": handed } });
    let api = configs(&server);
    let patched = api
        .patch("a", &PatchParams::default(), &Patch::Merge(&patch))
        .await
        .unwrap();
    assert_ne!(patched.resource_version(), left.resource_version());
    let left = apply(&server, "one", &json!({ "c": "4" })).await.unwrap();
    assert_eq!(json!(left.data), json!({ "c": "4" }));
    let stale = json!({ "metadata": { "name": "a", "resourceVersion": "1" }, "data": {} });
    let params = PatchParams::apply("one").force();
    let stale = api.patch("a", &params, &Patch::Apply(&stale)).await;
    assert_eq!(refusal(stale).reason, "Conflict");
}

#[tokio::test]
async fn custom_resources_are_validated_and_defaulted() {
    let server = Server::new().with_crd(Crd::parse(THINGS).unwrap());
    let api = things(&server);
    let put = |spec: Value| serde_json::from_value(thing(&spec)).unwrap();
    let params = PostParams::default();
    assert_eq!(
        said(api.create(&params, &put(json!({ "size": 12 }))).await),
        says(
            422,
            "Invalid",
            "Thing.example.com \"a\" is invalid: spec.size: Invalid value: 12: spec.size in body \
             should be less than or equal to 9"
        )
    );
    let made = api
        .create(&params, &put(json!({ "size": 3 })))
        .await
        .unwrap();
    assert_eq!(made.data["spec"], json!({ "size": 3, "count": 1 }));

    let version = made.resource_version();
    let patch = serde_json::from_value(json!([
        { "op": "replace", "path": "/metadata/resourceVersion", "value": version },
        { "op": "add", "path": "/status", "value": { "count": 2 } },
    ]))
    .unwrap();
    let patch = Patch::Json::<()>(patch);
    let params = PatchParams::default();
    let told = api.patch_status("a", &params, &patch).await.unwrap();
    assert_eq!(told.data["status"], json!({ "count": 2 }));
    assert_eq!(told.metadata.generation, Some(1));
    let stale = api.patch_status("a", &params, &patch).await;
    assert_eq!(refusal(stale).reason, "Conflict", "of an old version");

    let both = json!({ "spec": { "size": 4 }, "status": { "count": 9 } });
    let patched = api.patch("a", &params, &Patch::Merge(&both)).await.unwrap();
    assert_eq!(patched.data["spec"]["size"], 4);
    assert_eq!(patched.data["status"], json!({ "count": 2 }));
    assert_eq!(patched.metadata.generation, Some(2));

    let five = json!({ "spec": { "replicas": 5 } });
    let scaled = api
        .patch_scale("a", &params, &Patch::Merge(&five))
        .await
        .unwrap();
    assert_eq!(scaled.spec.unwrap().replicas, Some(5));
    assert_eq!(api.get("a").await.unwrap().data["spec"]["count"], 5);
    let none = json!({ "spec": { "replicas": 0 } });
    let none = api.patch_scale("a", &params, &Patch::Merge(&none)).await;
    assert_eq!(refusal(none).code, 422);
}

#[tokio::test]
async fn a_list_comes_in_parts() {
    let server = Server::new();
    create(&server, &["a", "b", "c"]).await;
    let api = configs(&server);
    let first = api.list(&ListParams::default().limit(2)).await.unwrap();
    let names = |list: &kube::core::ObjectList<ConfigMap>| {
        list.iter().map(ResourceExt::name_any).collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["a", "b"]);
    let token = first.metadata.continue_.unwrap();
    let rest = ListParams::default().limit(2).continue_token(&token);
    let second = api.list(&rest).await.unwrap();
    assert_eq!(
        (names(&second), second.metadata.continue_),
        (vec!["c".into()], None)
    );
    assert_eq!(
        names(
            &api.list(&ListParams::default().labels("of!=a"))
                .await
                .unwrap()
        ),
        ["b", "c"]
    );
    assert_eq!(
        names(
            &api.list(&ListParams::default().fields("metadata.name=b"))
                .await
                .unwrap()
        ),
        ["b"]
    );
    assert_eq!(
        refusal(api.list(&ListParams::default().fields("x=b")).await).code,
        400
    );
    let metadata = api.list_metadata(&ListParams::default()).await.unwrap();
    assert_eq!(metadata.items.len(), 3);
    create(&server, &["d"]).await;
    server.forget();
    assert_eq!(refusal(api.list(&rest).await).reason, "Expired");
}

/// The next event of a watch, as type and name.
async fn next(
    watch: &mut (impl futures::Stream<Item = kube::Result<WatchEvent<ConfigMap>>> + Unpin),
) -> String {
    match watch.try_next().await {
        Ok(Some(WatchEvent::Added(map))) => format!("added {}", map.name_any()),
        Ok(Some(WatchEvent::Modified(map))) => format!("modified {}", map.name_any()),
        Ok(Some(WatchEvent::Deleted(map))) => format!("deleted {}", map.name_any()),
        Ok(Some(WatchEvent::Bookmark(mark))) => format!("at {}", mark.metadata.resource_version),
        Ok(Some(WatchEvent::Error(status))) => format!("{} {}", status.code, status.message),
        Ok(None) => "end".to_owned(),
        Err(_) => "broken".to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn watches_report_break_lag_and_expire() {
    let server = Server::new();
    create(&server, &["a"]).await;
    let api = configs(&server);
    let params = WatchParams::default().labels("of in (a, b)").timeout(60);
    let mut watch = Box::pin(api.watch(&params, "0").await.unwrap());
    assert_eq!(next(&mut watch).await, "added a");
    create(&server, &["b", "c"]).await;
    assert_eq!(next(&mut watch).await, "added b");
    let patch = json!({ "metadata": { "labels": { "of": "c" } } });
    let patch = Patch::Merge(&patch);
    api.patch("a", &PatchParams::default(), &patch)
        .await
        .unwrap();
    assert_eq!(
        next(&mut watch).await,
        "deleted a",
        "of other labels by now"
    );

    server.watches().of("configmaps").hold();
    api.delete("b", &DeleteParams::default()).await.unwrap();
    let late = tokio::time::timeout(Duration::from_secs(9), next(&mut watch)).await;
    assert!(late.is_err(), "it lags");
    server.watches().of("configmaps").release();
    assert_eq!(next(&mut watch).await, "deleted b");
    server.watches().bookmark();
    assert_eq!(next(&mut watch).await, "at 5");
    assert_eq!(next(&mut watch).await, "end", "after its time");

    drop(watch);
    let mut watch = Box::pin(api.watch(&params, "4").await.unwrap());
    assert_eq!(next(&mut watch).await, "deleted b");
    assert_eq!(server.watches().count(), 1);
    server.watches().of("secrets").cut();
    server.watches().of("configmaps").cut();
    assert_eq!(next(&mut watch).await, "broken");

    let mut held = Box::pin(api.watch(&params, "5").await.unwrap());
    server.watches().hold();
    create(&server, &["b"]).await;
    server.forget();
    server.watches().release();
    assert_eq!(next(&mut held).await, "410 too old resource version: 5 (6)");
    let mut late = Box::pin(api.watch(&params, "3").await.unwrap());
    assert_eq!(next(&mut late).await, "410 too old resource version: 3 (6)");
}

#[tokio::test(start_paused = true)]
async fn faults_are_an_api_servers() {
    let server = Server::new();
    let (api, params) = (configs(&server), PostParams::default());
    let map = config("a", &json!({}));
    let cases = [
        (
            Fault::Conflict,
            409,
            "Conflict",
            "the object has been modified",
        ),
        (
            Fault::Forbidden,
            403,
            "Forbidden",
            r#"configmaps "a" is forbidden: User "operator" cannot create resource "configmaps" in API group "" in the namespace "ml""#,
        ),
        (Fault::Quota, 403, "Forbidden", "exceeded quota: "),
        (
            Fault::Invalid("data: Too long".into()),
            422,
            "Invalid",
            r#"ConfigMap "a" is invalid: data: Too long"#,
        ),
        (
            Fault::TooManyRequests,
            429,
            "TooManyRequests",
            "too many requests",
        ),
        (Fault::InternalError, 500, "InternalError", "Internal error"),
        (
            Fault::Unavailable,
            503,
            "ServiceUnavailable",
            "unable to handle",
        ),
        (Fault::Timeout, 504, "Timeout", "Timeout"),
    ];
    for (fault, code, reason, message) in cases {
        server.fault(Requests::to(Verb::Create).named("a").times(1), fault);
        let status = refusal(api.create(&params, &map).await);
        assert_eq!((status.code, status.reason.as_str()), (code, reason));
        assert!(status.message.contains(message), "{}", status.message);
    }
    server.fault(Requests::writes().after(1).times(1), Fault::Cut);
    server.fault(
        Requests::writes().of("configmaps").after(1).times(1),
        Fault::Lost,
    );
    api.create(&params, &map).await.unwrap();
    let delete = DeleteParams::default();
    assert!(api.delete("a", &delete).await.is_err(), "cut");
    assert!(api.delete("a", &delete).await.is_err(), "lost, but done");
    assert!(api.get_opt("a").await.unwrap().is_none());

    server.fault(
        Requests::all().within("ml"),
        Fault::Slow(Duration::from_secs(7)),
    );
    let start = tokio::time::Instant::now();
    api.list(&ListParams::default()).await.unwrap();
    assert_eq!(start.elapsed(), Duration::from_secs(7));
    server.recover();
    server.fault(Requests::all(), Fault::Silent);
    let silent = tokio::spawn(async move { api.get("a").await });
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert!(!silent.is_finished());
    server.recover();
    assert!(silent.await.unwrap().is_err(), "broken at last");
    let codes: Vec<_> = server.writes().iter().map(|write| write.code).collect();
    assert_eq!(codes[codes.len() - 3..], [Some(201), None, None]);
}

#[tokio::test]
async fn a_terminating_namespace_admits_nothing_new() {
    let server = Server::new();
    create(&server, &["a"]).await;
    server.change(|store| {
        store.put(json!({
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": { "name": "ml", "finalizers": ["kubernetes"] },
        }));
        store.delete(&Key::new("v1", "Namespace", "", "ml"));
    });
    let made = apply(&server, "one", &json!({ "a": "1" })).await;
    assert!(made.is_ok(), "it is there");
    let params = PostParams::default();
    let refused = refusal(
        configs(&server)
            .create(&params, &config("b", &json!({})))
            .await,
    );
    assert_eq!(
        refused.message,
        "configmaps \"b\" is forbidden: unable to create new content in namespace ml because it is \
         being terminated"
    );
    let causes = refused.details.unwrap().causes;
    assert_eq!(causes[0].reason, "NamespaceTerminating");
}

#[tokio::test]
async fn controllers_are_played() {
    let server = Server::new()
        .with_garbage_collection()
        .with_available_deployments();
    let owner = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "namespace": "ml", "name": "owner" },
    });
    server.change(|store| store.put(owner));
    let key = Key::new("v1", "ConfigMap", "ml", "owner");
    let owner = server.get(&key).unwrap();
    let owner = json!([{
        "apiVersion": "v1", "kind": "ConfigMap", "name": "owner",
        "uid": owner["metadata"]["uid"],
    }]);
    let deployment = serde_json::from_value(json!({
        "metadata": { "name": "owned", "ownerReferences": owner }, "spec": { "replicas": 2 },
    }));
    let deployments: Api<Deployment> = Api::namespaced(server.client(), "ml");
    let params = PostParams::default();
    deployments
        .create(&params, &deployment.unwrap())
        .await
        .unwrap();
    let ready = deployments.get("owned").await.unwrap().status.unwrap();
    assert_eq!(ready.ready_replicas, Some(2));
    assert_eq!(server.of_kind("apps/v1", "Deployment").len(), 1);
    server.change(|store| store.delete(&key));
    assert!(server.store().objects().is_empty());
}

#[tokio::test]
async fn discovery_lists_all_kinds() {
    let server = Server::new().with_crd(Crd::parse(THINGS).unwrap());
    let client = server.client();
    let groups = client.list_api_groups().await.unwrap().groups;
    assert!(groups.iter().any(|group| group.name == "example.com"));
    let resources = client
        .list_api_group_resources("example.com/v1")
        .await
        .unwrap();
    let names: Vec<_> = resources
        .resources
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["things", "things/status", "things/scale"]);
    assert_eq!(client.apiserver_version().await.unwrap().minor, "35");
    let unknown = client.list_api_group_resources("other.com/v1").await;
    assert_eq!(refusal(unknown).code, 404);
}

#[test]
fn nothing_is_shown() {
    let server = Server::new();
    server.change(|store| {
        store.put(json!({
            "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "a" },
            "data": { "k": "c2VjcmV0" },
        }));
    });
    let shown = format!("{server:?} {:?}", server.watches());
    assert!(!shown.contains("c2VjcmV0"));
}

#[tokio::test]
async fn answers_precede_the_reactions_of_controllers() {
    let server = Server::new().with_load(3);
    server.change(|store| {
        store.put(json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": { "namespace": "ml", "name": "a" },
            "spec": {
                "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "a" },
                "maxReplicas": 5,
            },
        }));
    });
    let deployments: Api<Deployment> = Api::namespaced(server.client(), "ml");
    let wanted = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": { "name": "a" }, "spec": { "replicas": 1 },
    });
    let params = PatchParams::apply("test").force();
    let replicas = |deployment: Deployment| deployment.spec.unwrap().replicas;
    for _ in 0..2 {
        let answer = deployments
            .patch("a", &params, &Patch::Apply(&wanted))
            .await;
        assert_eq!(replicas(answer.unwrap()), Some(1));
        assert_eq!(replicas(deployments.get("a").await.unwrap()), Some(3));
    }
}
