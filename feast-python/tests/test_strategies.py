"""Generated FeatureStores are admitted or rejected as promised, and varied."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

import feast_kube
from feast_kube.strategies import feature_stores, invalid_feature_stores

# With hypothesis' health checks, which fail if too much is discarded or a test is too slow.
steady = settings(max_examples=100)

RELEASES = [None, "main", "0.61", "0.55", "0.42"]


def errors(store: feast_kube.Object, release: str | None = None) -> list[str]:
    findings = feast_kube.validate(store, release=release)
    return [finding["code"] for finding in findings if finding["level"] == "error"]


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_generated_is_admitted(release: str | None) -> None:
    @steady
    @given(feature_stores(release))
    def is_admitted(store: feast_kube.Object) -> None:
        assert feast_kube.validate(store, release=release) == []

    is_admitted()


@pytest.mark.parametrize("release", RELEASES)
def test_what_is_generated_invalid_is_refused(release: str | None) -> None:
    @steady
    @given(invalid_feature_stores(release))
    def is_refused(store: feast_kube.Object) -> None:
        assert errors(store, release)

    is_refused()


@steady
@given(feature_stores())
def test_what_is_admitted_is_rendered_or_refused(store: feast_kube.Object) -> None:
    try:
        [rendering] = feast_kube.render(store, allow_missing=True)
    except feast_kube.Refused as refused:
        assert refused.findings
    else:
        assert rendering["documents"]["service"].startswith("project: ")


def generated(strategy: st.SearchStrategy[feast_kube.Object], count: int) -> list[feast_kube.Object]:
    kept = []

    @settings(steady, max_examples=count, phases=[Phase.generate])
    @given(strategy)
    def keep(store: feast_kube.Object) -> None:
        kept.append(store)

    keep()
    return kept


def test_every_part_is_there() -> None:
    definition = feast_kube.crd()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    fields = definition["properties"]["spec"]["properties"]
    stores = generated(feature_stores(), 1000)
    counted = Counter(field for store in stores for field in store["spec"])
    assert set(counted) == set(fields)
    scaling = [store["spec"].get("services", {}).get("scaling", {}) for store in stores]
    assert any("autoscaling" in each for each in scaling)
    services = Counter(name for store in stores for name in store["spec"].get("services") or {})
    assert set(services) == set(fields["services"]["properties"])


def test_rules_are_broken() -> None:
    codes = Counter(code for store in generated(invalid_feature_stores(), 500) for code in errors(store))
    assert {"wrong-type", "required-value", "unsupported-value", "invalid-value"} <= set(codes)
    rules = {code for code in codes if "/rules.md#" in feast_kube.explain(code)["page"]}
    assert len(rules) > 8, codes


def test_what_fails_shrinks_to_little() -> None:
    def scales(store: feast_kube.Object) -> bool:
        return bool(store["spec"].get("replicas", 1) > 1)

    found = find(feature_stores(), scales, settings=settings(steady, max_examples=3_000))
    assert (found["metadata"]["name"], found["spec"]["feastProject"]) == ("a", "0")
    assert found["spec"]["replicas"] == 2
    assert found["spec"].keys() == {"feastProject", "replicas", "services"}
