"""What is raised where there is no answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feast_kube.types import Finding


class FeastKubeError(Exception):
    """There is no answer; the message says what to do."""


class ManifestError(FeastKubeError, ValueError):
    """What is given is no manifest, or there is no FeatureStore in it."""


class SettingError(FeastKubeError, ValueError):
    """A setting is not what it should be, such as a release that nobody knows."""


class Refused(FeastKubeError):
    """The API server or the operator refuses a FeatureStore that is to be rendered."""

    findings: list[Finding]
    """Why."""

    def __init__(self, message: str, findings: list[Finding]) -> None:
        super().__init__(message, findings)
        self.findings = findings

    def __str__(self) -> str:
        return str(self.args[0])
