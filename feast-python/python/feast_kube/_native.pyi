from typing import Final

from feast_kube.types import (
    Config,
    Finding,
    Manifests,
    Meaning,
    Object,
    Operator,
    Release,
    Rendering,
)

__all__ = ["__version__", "crd", "explain", "lint", "releases", "render", "validate"]

__version__: Final[str]

def validate(
    manifests: Manifests,
    *,
    release: str | None = None,
    namespace: str = "default",
    old: Manifests | None = None,
    strict: bool = False,
) -> list[Finding]: ...
def lint(
    manifests: Manifests,
    *,
    release: str | None = None,
    namespace: str = "default",
    old: Manifests | None = None,
    strict: bool = False,
    config: Config | None = None,
    operator: Operator | None = None,
    upgrade_from: str | None = None,
) -> list[Finding]: ...
def render(
    manifests: Manifests,
    *,
    release: str | None = None,
    namespace: str = "default",
    operator: Operator | None = None,
    allow_missing: bool = False,
    now: str | None = None,
) -> list[Rendering]: ...
def releases() -> list[Release]: ...
def crd(release: str | None = None) -> Object: ...
def explain(code: str) -> Meaning: ...
