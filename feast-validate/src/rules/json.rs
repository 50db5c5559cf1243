//! Written by the test in `writer`.

use std::cell::LazyCell;

use crd_admission::compiled::{Made, Pattern};
use crd_admission::native::eval::{Eval, Field, Object, and, choose, compare, exactly_one, not, or};
use crd_admission::native::{NativeRule, TOGETHER};

/// The native twins of all rules of the FeatureStore CRD.
pub const RULES: &[NativeRule] = &[
    NativeRule::together("self.replicas <= 1 || !has(self.services) || !has(self.services.scaling) || !has(self.services.scaling.autoscaling)", rule_0, 0),
    NativeRule::together("self.replicas <= 1 && (!has(self.services) || !has(self.services.scaling) || !has(self.services.scaling.autoscaling)) || (has(self.services) && has(self.services.onlineStore) && has(self.services.onlineStore.persistence) && has(self.services.onlineStore.persistence.store))", rule_0, 1),
    NativeRule::together("self.replicas <= 1 && (!has(self.services) || !has(self.services.scaling) || !has(self.services.scaling.autoscaling)) || (!has(self.services) || !has(self.services.offlineStore) || (has(self.services.offlineStore.persistence) && has(self.services.offlineStore.persistence.store)))", rule_0, 2),
    NativeRule::together("self.replicas <= 1 && (!has(self.services) || !has(self.services.scaling) || !has(self.services.scaling.autoscaling)) || (has(self.services) && has(self.services.registry) && (has(self.services.registry.remote) || (has(self.services.registry.local) && has(self.services.registry.local.persistence) && (has(self.services.registry.local.persistence.store) || (has(self.services.registry.local.persistence.file) && has(self.services.registry.local.persistence.file.path) && (self.services.registry.local.persistence.file.path.startsWith('s3://') || self.services.registry.local.persistence.file.path.startsWith('gs://')))))))", rule_0, 3),
    NativeRule::state("[has(self.kubernetes), has(self.oidc), has(self.noAuth)].exists_one(c, c)", rule_1),
    NativeRule::state("[has(self.git), has(self.init), has(self.packaged)].exists_one(c, c)", rule_2),
    NativeRule::state("has(self.featureRepoPath) ? !self.featureRepoPath.startsWith('/') : true", rule_3),
    NativeRule::state("self.featureRepoPath.startsWith('/') && self.featureRepoPath != '/' && !self.featureRepoPath.contains('//') && !self.featureRepoPath.endsWith('/') && !self.featureRepoPath.contains('/./') && !self.featureRepoPath.endsWith('/.') && !self.featureRepoPath.contains('/../') && !self.featureRepoPath.endsWith('/..')", rule_4),
    NativeRule::state("!has(self.extraConfig) || !('enabled' in self.extraConfig) && !('tracking_uri' in self.extraConfig) && !('ui_url' in self.extraConfig) && !('tracking_auth' in self.extraConfig) && !('auto_log' in self.extraConfig) && !('auto_log_entity_df' in self.extraConfig) && !('entity_df_max_rows' in self.extraConfig) && !('log_operations' in self.extraConfig) && !('ops_experiment_suffix' in self.extraConfig)", rule_5),
    NativeRule::state("(!has(self.disable) || !self.disable) ? has(self.secretRef) : true", rule_6),
    NativeRule::state("[has(self.file), has(self.store)].exists_one(c, c)", rule_7),
    NativeRule::together("[has(self.ref), has(self.create)].exists_one(c, c)", rule_8, 0),
    NativeRule::together("self.mountPath.matches('^/[^:]*$')", rule_8, 1),
    NativeRule::transition("self == oldSelf", rule_9),
    NativeRule::together("(!has(self.pvc) && has(self.path)) ? self.path.startsWith('/') : true", rule_10, 0),
    NativeRule::together("has(self.path) ? !(self.path.startsWith('s3://') || self.path.startsWith('gs://')) : true", rule_10, 1),
    NativeRule::state("(has(self.pvc) && has(self.path)) ? !self.path.startsWith('/') : true", rule_11),
    NativeRule::state("[has(self.minAvailable), has(self.maxUnavailable)].exists_one(c, c)", rule_12),
    NativeRule::state("[has(self.local), has(self.remote)].exists_one(c, c)", rule_13),
    NativeRule::together("(!has(self.pvc) && has(self.path)) ? (self.path.startsWith('/') || self.path.startsWith('s3://') || self.path.startsWith('gs://')) : true", rule_14, 0),
    NativeRule::together("(has(self.pvc) && has(self.path)) ? !(self.path.startsWith('s3://') || self.path.startsWith('gs://')) : true", rule_14, 1),
    NativeRule::together("(has(self.s3_additional_kwargs) && has(self.path)) ? self.path.startsWith('s3://') : true", rule_14, 2),
    NativeRule::state("self.restAPI == true || self.grpc == true || !has(self.grpc)", rule_15),
    NativeRule::state("!has(self.mcp) || !self.mcp.enabled || (has(self.restAPI) && self.restAPI == true)", rule_16),
    NativeRule::state("[has(self.hostname), has(self.feastRef)].exists_one(c, c)", rule_17),
];

fn rule_0(this: Object<'_>) -> [Eval<bool>; TOGETHER] {
    let this = Field::of(this);
    let holds_0 = LazyCell::new(|| compare(this.integer("replicas").get(), Ok(1), |a, b| a <= b));
    let services_1 = LazyCell::new(|| this.object("services"));
    let scaling_2 = LazyCell::new(|| services_1.object("scaling"));
    let holds_3 = LazyCell::new(|| and(*holds_0, || or(or(not(services_1.has()), || not(scaling_2.has())), || not(scaling_2.any("autoscaling").has()))));
    let online_store_4 = LazyCell::new(|| services_1.object("onlineStore"));
    let persistence_5 = LazyCell::new(|| online_store_4.object("persistence"));
    let offline_store_6 = LazyCell::new(|| services_1.object("offlineStore"));
    let persistence_7 = LazyCell::new(|| offline_store_6.object("persistence"));
    let registry_8 = LazyCell::new(|| services_1.object("registry"));
    let local_9 = LazyCell::new(|| registry_8.object("local"));
    let persistence_10 = LazyCell::new(|| local_9.object("persistence"));
    let file_11 = LazyCell::new(|| persistence_10.object("file"));
    let path_12 = LazyCell::new(|| file_11.text("path"));
    [
        or(or(*holds_0, || not(services_1.has())), || or(not(scaling_2.has()), || not(scaling_2.any("autoscaling").has()))),
        or(*holds_3, || and(and(services_1.has(), || online_store_4.has()), || and(persistence_5.has(), || persistence_5.any("store").has()))),
        or(*holds_3, || or(or(not(services_1.has()), || not(offline_store_6.has())), || and(persistence_7.has(), || persistence_7.any("store").has()))),
        or(*holds_3, || and(and(services_1.has(), || registry_8.has()), || or(registry_8.any("remote").has(), || and(and(local_9.has(), || persistence_10.has()), || or(persistence_10.any("store").has(), || and(and(file_11.has(), || path_12.has()), || or(path_12.get().map(|text| text.starts_with("s3://")), || path_12.get().map(|text| text.starts_with("gs://"))))))))),
    ]
}

fn rule_1(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    exactly_one([this.any("kubernetes").has(), this.any("oidc").has(), this.any("noAuth").has()])
}

fn rule_2(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    exactly_one([this.any("git").has(), this.any("init").has(), this.any("packaged").has()])
}

fn rule_3(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    let feature_repo_path_0 = LazyCell::new(|| this.text("featureRepoPath"));
    choose(feature_repo_path_0.has(), || not(feature_repo_path_0.get().map(|text| text.starts_with("/"))), || Ok(true))
}

fn rule_4(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    let feature_repo_path_0 = LazyCell::new(|| this.text("featureRepoPath"));
    and(and(and(feature_repo_path_0.get().map(|text| text.starts_with("/")), || compare(feature_repo_path_0.get(), Ok("/"), |a, b| a != b)), || and(not(feature_repo_path_0.get().map(|text| text.contains("//"))), || not(feature_repo_path_0.get().map(|text| text.ends_with("/"))))), || and(and(not(feature_repo_path_0.get().map(|text| text.contains("/./"))), || not(feature_repo_path_0.get().map(|text| text.ends_with("/.")))), || and(not(feature_repo_path_0.get().map(|text| text.contains("/../"))), || not(feature_repo_path_0.get().map(|text| text.ends_with("/.."))))))
}

fn rule_5(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    let extra_config_0 = LazyCell::new(|| this.object("extraConfig"));
    or(not(extra_config_0.has()), || and(and(and(and(not(extra_config_0.contains("enabled")), || not(extra_config_0.contains("tracking_uri"))), || not(extra_config_0.contains("ui_url"))), || and(not(extra_config_0.contains("tracking_auth")), || not(extra_config_0.contains("auto_log")))), || and(and(not(extra_config_0.contains("auto_log_entity_df")), || not(extra_config_0.contains("entity_df_max_rows"))), || and(not(extra_config_0.contains("log_operations")), || not(extra_config_0.contains("ops_experiment_suffix"))))))
}

fn rule_6(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    let disable_0 = LazyCell::new(|| this.boolean("disable"));
    choose(or(not(disable_0.has()), || not(disable_0.get())), || this.any("secretRef").has(), || Ok(true))
}

fn rule_7(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    exactly_one([this.any("file").has(), this.any("store").has()])
}

fn rule_8(this: Object<'_>) -> [Eval<bool>; TOGETHER] {
    let this = Field::of(this);
    [
        exactly_one([this.any("ref").has(), this.any("create").has()]),
        this.text("mountPath").get().map(|text| { static PATTERN: Made<Pattern> = Made::new("^/[^:]*$"); PATTERN.get().matches(text) }),
        Ok(true),
        Ok(true),
    ]
}

fn rule_9(this: Object<'_>, former: Object<'_>) -> Eval<bool> {
    this.equals(former)
}

fn rule_10(this: Object<'_>) -> [Eval<bool>; TOGETHER] {
    let this = Field::of(this);
    let path_0 = LazyCell::new(|| this.text("path"));
    [
        choose(and(not(this.any("pvc").has()), || path_0.has()), || path_0.get().map(|text| text.starts_with("/")), || Ok(true)),
        choose(path_0.has(), || not(or(path_0.get().map(|text| text.starts_with("s3://")), || path_0.get().map(|text| text.starts_with("gs://")))), || Ok(true)),
        Ok(true),
        Ok(true),
    ]
}

fn rule_11(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    let path_0 = LazyCell::new(|| this.text("path"));
    choose(and(this.any("pvc").has(), || path_0.has()), || not(path_0.get().map(|text| text.starts_with("/"))), || Ok(true))
}

fn rule_12(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    exactly_one([this.any("minAvailable").has(), this.any("maxUnavailable").has()])
}

fn rule_13(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    exactly_one([this.any("local").has(), this.any("remote").has()])
}

fn rule_14(this: Object<'_>) -> [Eval<bool>; TOGETHER] {
    let this = Field::of(this);
    let path_0 = LazyCell::new(|| this.text("path"));
    let holds_1 = LazyCell::new(|| path_0.get().map(|text| text.starts_with("s3://")));
    let holds_2 = LazyCell::new(|| path_0.get().map(|text| text.starts_with("gs://")));
    [
        choose(and(not(this.any("pvc").has()), || path_0.has()), || or(or(path_0.get().map(|text| text.starts_with("/")), || *holds_1), || *holds_2), || Ok(true)),
        choose(and(this.any("pvc").has(), || path_0.has()), || not(or(*holds_1, || *holds_2)), || Ok(true)),
        choose(and(this.any("s3_additional_kwargs").has(), || path_0.has()), || *holds_1, || Ok(true)),
        Ok(true),
    ]
}

fn rule_15(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    let grpc_0 = LazyCell::new(|| this.boolean("grpc"));
    or(or(compare(this.boolean("restAPI").get(), Ok(true), |a, b| a == b), || compare(grpc_0.get(), Ok(true), |a, b| a == b)), || not(grpc_0.has()))
}

fn rule_16(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    let mcp_0 = LazyCell::new(|| this.object("mcp"));
    let rest_api_1 = LazyCell::new(|| this.boolean("restAPI"));
    or(or(not(mcp_0.has()), || not(mcp_0.boolean("enabled").get())), || and(rest_api_1.has(), || compare(rest_api_1.get(), Ok(true), |a, b| a == b)))
}

fn rule_17(this: Object<'_>) -> Eval<bool> {
    let this = Field::of(this);
    exactly_one([this.any("hostname").has(), this.any("feastRef").has()])
}
