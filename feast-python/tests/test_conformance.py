"""Compares results in Python with a sample of recordings of an API server and of Feast's operator."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

import feast_kube

RECORDED = Path(
    os.environ.get("FEAST_CONFORMANCE_DIR", Path(__file__).parents[2] / "tests" / "recorded")
)

# Every seventh case; the tests in Rust check all.
SAMPLE = 7


def cases(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(RECORDED / name, "rt", encoding="utf-8", newline="\n") as lines:
        for number, line in enumerate(lines):
            if number % SAMPLE == 0:
                yield json.loads(line)


def is_creation(case: dict[str, Any]) -> bool:
    """Whether it asks what `validate` answers: there is nothing before and no subresource."""
    return "oldObject" not in case and "subresource" not in case


@pytest.mark.parametrize(
    ("name", "release"),
    [
        ("admission/create.jsonl.gz", "main"),
        ("admission/rules.jsonl.gz", "main"),
        ("admission/releases/v0.61.0.jsonl.gz", "0.61"),
        ("admission/releases/v0.50.0.jsonl.gz", "0.50"),
    ],
)
def test_verdicts_are_those_of_the_api_server(name: str, release: str) -> None:
    count = 0
    for case in cases(name):
        if not is_creation(case) or not recognized(case["object"]):
            continue
        findings = feast_kube.validate(case["object"], release=release)
        refused = [finding for finding in findings if finding["level"] == "error"]
        assert bool(refused) != case["expect"]["allowed"], case["id"]
        said = {error["message"] for error in case["expect"]["errors"] if is_about_a_field(error)}
        if said:
            assert {text(finding) for finding in refused} == said, case["id"]
        count += 1
    assert count > 20


def is_about_a_field(error: dict[str, Any]) -> bool:
    """Not that of Go's decoder, and not that rules were not checked, which is a warning of ours."""
    return error["type"] != "BadRequest" and not error["message"].startswith("<nil>: ")


def recognized(body: Any) -> bool:
    """Whether it is for the URL of FeatureStores, which manifests do not have."""
    return (
        isinstance(body, dict)
        and body.get("kind") == "FeatureStore"
        and str(body.get("apiVersion")).startswith("feast.dev/v1")
    )


def text(finding: feast_kube.Finding) -> str:
    field = finding.get("field", "")
    return f"{field}: {finding['message']}" if field else finding["message"]


def test_renderings_are_those_of_the_operator() -> None:
    compared = 0
    for case in cases("render/cases.jsonl.gz"):
        step, expected = case["steps"][0], case["expect"][0]
        platform = case["platform"]
        if platform.get("openshift") or platform.get("env") or platform.get("operatorNamespace"):
            continue
        if "error" in expected or step.keys() != {"featureStore"}:
            continue
        store = step["featureStore"]
        manifests = [*case["cluster"], {"apiVersion": "feast.dev/v1", "kind": "FeatureStore", **store}]
        namespace = store["metadata"]["namespace"]
        renderings = feast_kube.render(
            manifests,
            release="main",
            namespace=namespace,
            operator={"service_monitor": platform.get("serviceMonitor", False)},
        )
        name = f"{namespace}/{store['metadata']['name']}"
        [rendering] = [each for each in renderings if each["featureStore"] == name]
        documents = [read(each) for each in (rendering["documents"], expected["featureStoreYaml"])]
        assert documents[0] == documents[1], case["id"]
        # Shared objects may exist already.
        found, wanted = names(rendering["objects"]), names(expected["objects"])
        assert found >= wanted and found - wanted <= names(case["cluster"]), case["id"]
        compared += 1
    assert compared > 50


def read(documents: Mapping[str, Any]) -> dict[str, Any]:
    """As data: quotes are no difference."""
    return {name: yaml.safe_load(text) for name, text in documents.items()}


def names(objects: list[feast_kube.Object]) -> set[tuple[str, str]]:
    kept = [each for each in objects if each["kind"] != "FeatureStore"]
    return {(each["kind"], each["metadata"]["name"]) for each in kept}
