"""Arguments, results and exceptions."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import Any

import pytest

import feast_kube

TEXT = """
apiVersion: feast.dev/v1
kind: FeatureStore
metadata: {name: shop}
spec:
  feastProject: shop
  replicas: 3
"""


def store(**spec: Any) -> feast_kube.Object:
    return {
        "apiVersion": "feast.dev/v1",
        "kind": "FeatureStore",
        "metadata": {"name": "shop", "namespace": "features"},
        "spec": {"feastProject": "shop", **spec},
    }


def codes(findings: list[feast_kube.Finding]) -> list[str]:
    return [finding["code"] for finding in findings]


def test_what_is_admitted_has_no_findings() -> None:
    assert feast_kube.validate(store()) == []


def test_findings_on_a_text_have_their_place() -> None:
    finding, _ = feast_kube.validate(TEXT)
    assert (finding["code"], finding["level"]) == ("scaling-online-store", "error")
    assert (finding["file"], finding["document"], finding["line"]) == ("manifests", 1, 7)
    assert finding["featureStore"] == "default/shop"


def test_findings_on_a_dict_have_none() -> None:
    finding, _ = feast_kube.validate(["kind: Secret\napiVersion: v1", store(replicas=3)])
    assert finding["file"] == "manifests[1]"
    assert not finding.keys() & {"line", "column", "end", "related"}


def test_files_are_read(tmp_path: Path) -> None:
    path = tmp_path / "store.yaml"
    path.write_text(TEXT)
    finding, _ = feast_kube.validate(path)
    assert (finding["file"], finding["line"]) == (str(path), 7)
    with pytest.raises(FileNotFoundError):
        feast_kube.validate(tmp_path / "absent.yaml")
    with pytest.raises(OSError, match=str(tmp_path)):
        feast_kube.validate(tmp_path)
    path.write_bytes(b"\xff")
    with pytest.raises(feast_kube.ManifestError, match="not UTF-8 text"):
        feast_kube.validate(path)


def test_unknown_fields_are_refused_if_that_is_asked_for() -> None:
    [finding] = feast_kube.validate(store(servces={}))
    assert (finding["code"], finding["level"]) == ("unknown-field", "warning")
    [finding] = feast_kube.validate(store(servces={}), strict=True)
    assert finding["level"] == "error"


def test_updates_are_judged_as_such() -> None:
    def with_claim(size: str) -> feast_kube.Object:
        claim = {"resources": {"requests": {"storage": size}}}
        file = {"path": "online.db", "pvc": {"create": claim, "mountPath": "/data"}}
        return store(services={"onlineStore": {"persistence": {"file": file}}})

    old, new = with_claim("1Gi"), with_claim("2Gi")
    assert feast_kube.validate(new) == []
    [finding] = feast_kube.validate(new, old=old)
    assert "immutable" in finding["message"]


def test_releases_differ() -> None:
    assert codes(feast_kube.validate(store(replicas=1), release="0.58")) == ["unknown-field"]
    names = [release["release"] for release in feast_kube.releases()]
    assert names[0] == "main" and names[-1] == "0.42.0"
    for name in names:
        versions = feast_kube.crd(name)["spec"]["versions"]
        assert versions[0]["schema"]["openAPIV3Schema"]["properties"]["spec"]


def test_lints_have_levels() -> None:
    open_to_all = store(authz={"noAuth": True})
    levels: feast_kube.Config = {"lints": {"all": "allow", "no-authorization": "deny"}}
    [finding] = feast_kube.lint(open_to_all, config=levels)
    assert (finding["code"], finding["level"]) == ("no-authorization", "error")
    assert feast_kube.lint(open_to_all, config={"lints": {"all": "allow"}}) == []


def test_lints_tell_of_upgrades() -> None:
    levels: feast_kube.Config = {"lints": {"all": "allow", "upgrade": "warn"}}
    told = feast_kube.lint(store(), release="0.66", upgrade_from="0.65", config=levels)
    assert told and feast_kube.lint(store(), release="0.66", config=levels) == []


def test_codes_are_explained() -> None:
    meaning = feast_kube.explain("scaling-online-store")
    assert meaning["level"] == "error" and "DB-backed" in meaning["text"]
    with pytest.raises(feast_kube.SettingError, match='no finding has the code "nonsense"'):
        feast_kube.explain("nonsense")


def test_renderings_have_objects_documents_and_a_status() -> None:
    [rendering] = feast_kube.render(store(), now="2026-01-01T00:00:00Z")
    assert rendering["featureStore"] == "features/shop"
    kinds = [each["kind"] for each in rendering["objects"]]
    assert "Deployment" in kinds and "Service" in kinds
    assert rendering["documents"]["service"].startswith("project: shop\n")
    assert rendering["documents"].keys() == {"service", "client"}
    times = {each["lastTransitionTime"] for each in rendering["status"]["conditions"]}
    assert times == {"2026-01-01T00:00:00Z"}
    assert rendering["warnings"] == []


def test_operators_differ() -> None:
    def images(**operator: Any) -> set[str]:
        [rendering] = feast_kube.render(store(), **operator)
        [pod] = [each["spec"]["template"]["spec"] for each in rendering["objects"] if each["kind"] == "Deployment"]
        return {container["image"] for container in pod["containers"]}

    assert images() != images(release="0.65")
    assert images(operator={"feature_server_image": "example.com/feast:1"}) == {"example.com/feast:1"}
    [plain] = feast_kube.render(store(), now="2026-01-01T00:00:00Z")
    [hardened] = feast_kube.render(store(), operator={"hardened": True}, now="2026-01-01T00:00:00Z")
    assert plain["objects"] != hardened["objects"]


def test_what_is_refused_is_raised_with_its_findings() -> None:
    with pytest.raises(feast_kube.Refused, match="DB-backed") as refused:
        feast_kube.render([store(replicas=3), store()])
    assert codes(refused.value.findings) == ["scaling-online-store", "scaling-registry"]
    assert str(refused.value).startswith("features/shop: spec")


def test_what_is_missing_is_told_or_filled() -> None:
    secret = {"type": "sql", "secretRef": {"name": "db"}}
    remote = store(services={"registry": {"local": {"persistence": {"store": secret}}}})
    with pytest.raises(feast_kube.Refused, match="Secret"):
        feast_kube.render(remote)
    assert feast_kube.render(remote, allow_missing=True)
    given = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "db", "namespace": "features"},
        "stringData": {"sql": "path: postgresql+psycopg://user:hunter2@db/feast"},
    }
    assert feast_kube.render([remote, given])


def test_no_exception_tells_a_secret() -> None:
    broken = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "db", "namespace": "features"},
        "data": {"sql": "hunter2 is no base64"},
    }
    with pytest.raises(feast_kube.Refused) as refused:
        feast_kube.render([store(), broken])
    assert "hunter2" not in str(refused.value) + repr(refused.value.findings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"release": "1.0"}, "use 0.42.0 to"),
        ({"namespace": "No"}, "namespace"),
        ({"operator": {"hardend": True}}, "unknown field `hardend`, expected one of `hardened`"),
        ({"operator": {"corrections": "some"}}, "unknown set of corrections"),
        ({"operator": {"hardened": float("nan")}}, "operator: "),
        ({"operator": ["hardened"]}, "operator: give a dict, not a value of the type list"),
        ({"operator": {"hardened": "yes"}}, "operator: invalid type: string"),
    ],
)
def test_settings_are_refused(settings: dict[str, Any], message: str) -> None:
    for ask in (feast_kube.lint, feast_kube.render):
        with pytest.raises(feast_kube.SettingError, match=message):
            ask(store(), **settings)


def test_settings_of_one_function_are_refused() -> None:
    with pytest.raises(feast_kube.SettingError, match="unknown lint or group `nonsense`"):
        feast_kube.lint(store(), config={"lints": {"nonsense": "deny"}})
    with pytest.raises(feast_kube.SettingError, match="0.61"):
        feast_kube.render(store(), release="0.60")
    with pytest.raises(feast_kube.SettingError, match="such as"):
        feast_kube.render(store(), now="today")


def endless() -> feast_kube.Object:
    ring = store()
    ring["spec"]["again"] = ring
    return ring


def deep(depth: int) -> feast_kube.Object:
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"a": value}
    return store(services=value)


@pytest.mark.parametrize(
    "given",
    [
        7,
        None,
        b"kind: FeatureStore",
        [store(), 7],
        {"kind": {1, 2}},
        {"kind": float("inf")},
        {("a", "b"): 1},
        {"kind": 10**5000},
        endless(),
        deep(100_000),
        "\ud800",
        "",
        [],
        "kind: ConfigMap\napiVersion: v1",
    ],
    ids=lambda given: type(given).__name__,
)
def test_what_is_no_manifest_says_so(given: Any) -> None:
    for ask in (feast_kube.validate, feast_kube.lint, feast_kube.render):
        with pytest.raises(feast_kube.ManifestError, match="manifests"):
            ask(given)


@pytest.mark.parametrize(
    "given",
    ["store.yaml", "[", "a: 1\na: 2", "- " * 5000, "{" * 50_000, "&a [*a]", "\0", {}, {"kind": None}, {1: 2}, deep(500)],
    ids=lambda given: str(given)[:20],
)
def test_whatever_is_given_there_is_an_answer(given: Any) -> None:
    findings = feast_kube.validate(given)
    assert findings and all(finding["level"] == "error" for finding in findings if "code" in finding)
    with pytest.raises(feast_kube.Refused):
        feast_kube.render(given)


def test_other_threads_go_on() -> None:
    """No thread is made to give up Python's lock: another runs if the work leaves it."""
    text = "\n---\n".join(TEXT.replace("shop}", f"shop-{number}}}") for number in range(3000))
    is_begun, is_done = threading.Event(), threading.Event()

    def work() -> None:
        is_begun.set()
        feast_kube.validate(text)
        is_done.set()

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    try:
        worker = threading.Thread(target=work)
        worker.start()
        is_begun.wait()
        assert not is_done.is_set()
        worker.join()
    finally:
        sys.setswitchinterval(usual)


def test_help_has_signatures_and_words() -> None:
    for name in ["validate", "lint", "render", "releases", "crd", "explain"]:
        function = getattr(feast_kube, name)
        assert function.__doc__ and function.__text_signature__
