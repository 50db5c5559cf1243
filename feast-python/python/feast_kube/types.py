"""What goes in and comes out, for type checkers: at run time these are dicts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal, TypedDict, Union

Object = dict[str, Any]
"""An object of Kubernetes."""

Manifest = Union[str, Object, "os.PathLike[str]"]
"""A text of YAML or JSON, an object, or the path of a file."""

Manifests = Union[Manifest, Sequence[Manifest]]
"""A manifest, or several that belong together."""


class Place(TypedDict):
    """A place in a text; lines and columns are counted from 1."""

    line: int
    column: int


class Related(Place):
    """Another place that has to do with a finding."""

    end: Place
    message: str


class _Found(TypedDict):
    code: str
    level: Literal["error", "warning"]
    message: str
    file: str
    document: int


class Finding(_Found, total=False):
    """Something to say about a document.

    `file` is the path, or else where the manifest is among those given, such as `manifests[1]`;
    `document` counts those in it from 1. Findings on a dict have no `line`, `column`, `end` and
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
    """What renders: Feast's operator of the release, unless something else is said."""

    hardened: bool
    """All corrections, and feature_store.yaml in a Secret: what a new deployment should have."""
    corrections: Literal["none", "without-restarts", "all"]
    """Which of the operator's faults are corrected."""
    store_yaml_in_secret: bool
    """Whether feature_store.yaml is kept in a Secret, so that no Deployment shows credentials."""
    openshift: bool
    """Whether the cluster is OpenShift: serving certificates and Routes."""
    service_monitor: bool
    """Whether the cluster has ServiceMonitors (monitoring.coreos.com/v1)."""
    feature_server_image: str
    """The image of the servers."""
    cron_job_image: str
    """The image of the CronJob."""
    oidc_issuer_url: str
    """The issuer for FeatureStores that name none."""


class _Documents(TypedDict):
    service: str
    client: str


class Documents(_Documents, total=False):
    """Texts of feature_store.yaml: for the servers, for clients and, if there is one, for the lineage server."""

    lineage: str


class Rendering(TypedDict):
    """What a FeatureStore renders to."""

    featureStore: str
    """Its namespace and name, such as `features/shop`."""
    objects: list[Object]
    """The objects, in the order in which they should be applied."""
    documents: Documents
    status: dict[str, Any]
    """The status that the operator reports at first."""
    warnings: list[Finding]
    """What the API server warns of."""


class _Change(TypedDict):
    name: str
    summary: str


class Change(_Change, total=False):
    """A change of what the operator makes."""

    pullRequest: int


class Release(TypedDict):
    """What a release of Feast brought to FeatureStores."""

    release: str
    date: str
    versions: list[str]
    """The versions of the API that it serves."""
    isRendered: bool
    """Whether what its operator makes is known."""
    crd: list[str]
    """What changed in the CustomResourceDefinition."""
    operator: list[Change]
    """What the operator makes otherwise."""


class Meaning(TypedDict):
    """What the code of findings means."""

    code: str
    level: Literal["error", "warning", "allow"]
    """How bad its findings are, if nothing else is said; with "allow" it is not looked for then."""
    summary: str
    text: str
    instead: str
    """What to do about it; may be empty."""
    page: str
    """The page about it."""
