//! The objects in the clusters of these tests.

/// A FeatureStore that refers to a Secret.
pub(crate) const SHOP: &str = "
apiVersion: feast.dev/v1
kind: FeatureStore
metadata: {name: shop, namespace: ml}
spec:
  feastProject: shop
  services:
    registry:
      local:
        persistence: {store: {type: sql, secretRef: {name: db}}}
        server: {}
";

/// Its Secret.
pub(crate) const DB: &str = "
apiVersion: v1
kind: Secret
metadata: {name: db, namespace: ml}
data: {sql: cGF0aDogcG9zdGdyZXNxbCtwc3ljb3BnOi8vdXNlcjpodW50ZXIyQGRiL2ZlYXN0Cg==}
";

/// The part of the Secret that must never be printed.
pub(crate) const PASSWORD: &str = "hunter2";
