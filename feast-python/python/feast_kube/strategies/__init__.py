"""Strategies for hypothesis, derived from the CustomResourceDefinition.

    from hypothesis import given
    from feast_kube.strategies import feature_stores

    @given(feature_stores())
    def test_my_operator(store):
        ...

A FeatureStore grows field by field; a field that the API server would reject is removed again. So no
example is discarded, every field of the CustomResourceDefinition may occur, and failing examples
shrink well.
"""

from __future__ import annotations

from typing import Any

try:
    from hypothesis import strategies as st
except ImportError as error:
    raise ImportError(
        "feast_kube.strategies needs hypothesis: pip install 'feast-kube[strategies]'"
    ) from error

import feast_kube
from feast_kube.strategies._crd import Crd, crd_of
from feast_kube.strategies._values import put

__all__ = ["feature_stores", "invalid_feature_stores"]

_NAMES = st.from_regex(r"[a-z]([a-z0-9-]{0,14}[a-z0-9])?", fullmatch=True)

# A configuration that scales: random fields would hardly combine to it.
_SCALABLE: dict[str, Any] = {
    "onlineStore": {"persistence": {"store": {"type": "postgres", "secretRef": {"name": "db"}}}},
    "registry": {
        "local": {"persistence": {"store": {"type": "sql", "secretRef": {"name": "db"}}}},
    },
}

# Null counts as missing, and the project is required.
_NO_PROJECTS = [None, "", " ", "-shop", "my shop", 7, ["shop"]]


def feature_stores(release: str | None = None) -> st.SearchStrategy[feast_kube.Object]:
    """FeatureStores that the API server admits, without a warning.

    `release` is the release of Feast whose CustomResourceDefinition they follow, by default the
    newest. They have its stored version.
    """
    return _admitted(crd_of(release))


def invalid_feature_stores(release: str | None = None) -> st.SearchStrategy[feast_kube.Object]:
    """FeatureStores that the API server rejects, mostly for a single reason, such as a value of
    another type or a broken rule.
    """
    return _refused(crd_of(release))


@st.composite
def _admitted(draw: st.DrawFn, crd: Crd) -> feast_kube.Object:
    store = draw(_smallest(crd))
    if draw(st.integers(0, 3)) == 3:
        store = _if_admitted(crd, store, _with_spec(store, services=_SCALABLE))
    for _ in range(draw(st.integers(0, 6))):
        store = _if_admitted(crd, store, draw(_larger(crd, store)))
    return store


@st.composite
def _refused(draw: st.DrawFn, crd: Crd) -> feast_kube.Object:
    store = draw(_admitted(crd))
    if draw(st.booleans()):
        # A single change rarely breaks a rule.
        for _ in range(8):
            store = draw(_larger(crd, store))
            if crd.refuses(store):
                return store
    else:
        path, part = draw(crd.wrong_part())
        broken = {**store, "spec": put(store["spec"], path, part)}
        if crd.refuses(broken):
            return broken
    return _with_spec(store, feastProject=draw(st.sampled_from(_NO_PROJECTS)))


@st.composite
def _smallest(draw: st.DrawFn, crd: Crd) -> feast_kube.Object:
    project = draw(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_]{0,8}", fullmatch=True))
    return {
        "apiVersion": crd.api_version,
        "kind": "FeatureStore",
        "metadata": {"name": draw(_NAMES), "namespace": draw(_NAMES)},
        "spec": {"feastProject": project},
    }


@st.composite
def _larger(draw: st.DrawFn, crd: Crd, store: feast_kube.Object) -> feast_kube.Object:
    path, part = draw(crd.part())
    return {**store, "spec": put(store["spec"], path, part)}


def _with_spec(store: feast_kube.Object, **fields: Any) -> feast_kube.Object:
    return {**store, "spec": {**store["spec"], **fields}}


def _if_admitted(
    crd: Crd, before: feast_kube.Object, after: feast_kube.Object
) -> feast_kube.Object:
    return after if crd.admits(after) else before
