"""Types of arguments and results, for type checkers: at run time they are dicts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal, TypedDict, Union

Object = dict[str, Any]
"""A Kubernetes object."""

Manifest = Union[str, Object, "os.PathLike[str]"]
"""YAML or JSON text, an object, or the path of a file."""

Manifests = Union[Manifest, Sequence[Manifest]]
"""A manifest, or several that belong together."""


class Place(TypedDict):
    """A position in a text; lines and columns are counted from 1."""

    line: int
    column: int


class Related(Place):
    """Another position that is related to a finding."""

    end: Place
    message: str


class _Found(TypedDict):
    code: str
    level: Literal["error", "warning"]
    message: str
    file: str
    document: int


class Finding(_Found, total=False):
    """An error, a warning or a lint of a document.

    `file` is the path, or else the position among the arguments, such as `manifests[1]`; `document`
    counts the documents in it from 1. Findings on a dict have no `line`, `column`, `end` and
    `related`.
    """

    featureStore: str
    object: str
    field: str
    line: int
    column: int
    end: Place
    related: list[Related]
    help: list[str]
    fix: list[dict[str, Any]]
    fixIsSafe: bool


class Config(TypedDict, total=False):
    """Levels and options of lints, as in the file .feast-lint.yaml."""

    lints: dict[str, Literal["allow", "warn", "deny"]]
    options: dict[str, Any]


class Operator(TypedDict, total=False):
    """The operator: by default Feast's operator of the release."""

    hardened: bool
    """All bug fixes, and feature_store.yaml in a Secret: recommended for new deployments."""
    corrections: Literal["none", "without-restarts", "all"]
    """The operator's bugs to fix."""
    store_yaml_in_secret: bool
    """Whether feature_store.yaml is in a Secret, so that Deployments contain no credentials."""
    openshift: bool
    """Whether the cluster is OpenShift: serving certificates and Routes."""
    service_monitor: bool
    """Whether the cluster has ServiceMonitors (monitoring.coreos.com/v1)."""
    feature_server_image: str
    """The image of the servers."""
    cron_job_image: str
    """The image of the CronJob."""
    oidc_issuer_url: str
    """The issuer for FeatureStores that set none."""


class _Documents(TypedDict):
    service: str
    client: str


class Documents(_Documents, total=False):
    """The feature_store.yaml for the servers, for clients and, if there is one, for the lineage server."""

    lineage: str


class Rendering(TypedDict):
    """The rendering of a FeatureStore."""

    featureStore: str
    """Its namespace and name, such as `features/shop`."""
    objects: list[Object]
    """The objects, in the order to apply them."""
    documents: Documents
    status: dict[str, Any]
    """The operator's initial status."""
    warnings: list[Finding]
    """Warnings of the API server."""


class _Change(TypedDict):
    name: str
    summary: str


class Change(_Change, total=False):
    """A change of the operator's objects."""

    pullRequest: int


class Release(TypedDict):
    """The changes to FeatureStores in a release of Feast."""

    release: str
    date: str
    versions: list[str]
    """The API versions that it serves."""
    isRendered: bool
    """Whether its operator is known, so that it can be rendered."""
    crd: list[str]
    """The changes of the CustomResourceDefinition."""
    operator: list[Change]
    """The changes of the operator."""


class Meaning(TypedDict):
    """The meaning of a finding's code."""

    code: str
    level: Literal["error", "warning", "allow"]
    """The default level of its findings; with "allow" the lint is off by default."""
    summary: str
    text: str
    instead: str
    """What to do about it; may be empty."""
    page: str
    """A page about it."""
