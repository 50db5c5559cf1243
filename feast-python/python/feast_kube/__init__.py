"""Checks and renders FeatureStores of the Feast feature store without a cluster.

    >>> import feast_kube
    >>> store = {
    ...     "apiVersion": "feast.dev/v1",
    ...     "kind": "FeatureStore",
    ...     "metadata": {"name": "shop"},
    ...     "spec": {"feastProject": "shop", "replicas": 3},
    ... }
    >>> [finding["code"] for finding in feast_kube.validate(store)]
    ['scaling-online-store', 'scaling-registry']

Strategies for hypothesis are in `feast_kube.strategies`.
"""

from feast_kube._native import __version__, crd, explain, lint, releases, render, validate
from feast_kube.errors import FeastKubeError, ManifestError, Refused, SettingError
from feast_kube.types import (
    Change,
    Config,
    Documents,
    Finding,
    Manifest,
    Manifests,
    Meaning,
    Object,
    Operator,
    Place,
    Related,
    Release,
    Rendering,
)

__all__ = [
    "Change",
    "Config",
    "Documents",
    "FeastKubeError",
    "Finding",
    "Manifest",
    "ManifestError",
    "Manifests",
    "Meaning",
    "Object",
    "Operator",
    "Place",
    "Refused",
    "Related",
    "Release",
    "Rendering",
    "SettingError",
    "__version__",
    "crd",
    "explain",
    "lint",
    "releases",
    "render",
    "validate",
]
