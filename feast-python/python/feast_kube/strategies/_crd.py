"""The CustomResourceDefinition of a release, and verdicts of an API server that has it."""

from __future__ import annotations

import functools
from typing import Any

from hypothesis import strategies as st

import feast_kube
from feast_kube.strategies._values import Path, is_bound, parts, values, wrong

Part = tuple[Path, Any]


class Crd:
    """The parts of a CustomResourceDefinition that generation needs."""

    def __init__(self, release: str | None) -> None:
        definition = feast_kube.crd(release)["spec"]
        stored = next(version for version in definition["versions"] if version["storage"])
        self.release = release
        self.api_version = f"{definition['group']}/{stored['name']}"
        spec = stored["schema"]["openAPIV3Schema"]["properties"]["spec"]
        fields = sorted(parts(spec), key=lambda part: len(part[0]))
        self._right = {path: values(schema) for path, schema in fields}
        self._wrong = {path: wrong(schema) for path, schema in fields}
        self._bound = {path: self._wrong[path] for path, schema in fields if is_bound(schema)}

    # hypothesis prints it if a test fails.
    def __repr__(self) -> str:
        return f"Crd({self.release or 'newest'})"

    def part(self) -> st.SearchStrategy[Part]:
        """Some part of the spec: its path, and a value."""
        return _some(self._right)

    def wrong_part(self) -> st.SearchStrategy[Part]:
        """The same with a value that its schema rejects, if it rejects any."""
        return _some(self._wrong) | _some(self._bound)

    def admits(self, store: feast_kube.Object) -> bool:
        """Whether it is admitted without warnings, such as for unknown fields."""
        return not self._findings(store)

    def refuses(self, store: feast_kube.Object) -> bool:
        return any(finding["level"] == "error" for finding in self._findings(store))

    def _findings(self, store: feast_kube.Object) -> list[feast_kube.Finding]:
        return feast_kube.validate(store, release=self.release)


@functools.cache
def crd_of(release: str | None) -> Crd:
    """Created once for each release, because it takes a while."""
    return Crd(release)


def _some(fields: dict[Path, st.SearchStrategy[Any]]) -> st.SearchStrategy[Part]:
    paths = st.sampled_from(list(fields))
    return paths.flatmap(lambda path: st.tuples(st.just(path), fields[path]))
