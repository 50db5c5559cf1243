//! Fields of a FeatureStore that refer to other objects.

/// The kind that a field refers to, and the subfield with the name; `None` if the field is not a
/// reference. `has` says whether the field has a given subfield.
///
/// ```
/// use feast_api::references::reference;
///
/// let found = reference("secretRef", |field| field == "name");
/// assert_eq!(found, Some(("Secret", "name")));
/// assert_eq!(reference("configs", |_| true), None);
/// ```
pub fn reference(field: &str, has: impl Fn(&str) -> bool) -> Option<(&'static str, &'static str)> {
    let (kind, key) = match field {
        "configMap" | "configMapRef" | "configMapKeyRef" | "caCertConfigMap" => {
            ("ConfigMap", "name")
        }
        "feastRef" => ("FeatureStore", "name"),
        // In a volume, and in a store.
        "persistentVolumeClaim" => ("PersistentVolumeClaim", "claimName"),
        "ref" => ("PersistentVolumeClaim", "name"),
        "secret" if has("secretName") => ("Secret", "secretName"),
        "secret" | "secretKeyRef" => ("Secret", "name"),
        _ if field.ends_with("ecretRef") => ("Secret", "name"),
        _ => return None,
    };
    has(key).then_some((kind, key))
}
