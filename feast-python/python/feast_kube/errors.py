"""Exceptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feast_kube.types import Finding


class FeastKubeError(Exception):
    """A call failed; the message says what to do."""


class ManifestError(FeastKubeError, ValueError):
    """The argument is not a manifest, or has no FeatureStore."""


class SettingError(FeastKubeError, ValueError):
    """A setting is invalid, such as an unknown release."""


class Refused(FeastKubeError):
    """The API server or the operator rejects a FeatureStore that should be rendered."""

    findings: list[Finding]
    """The reasons."""

    def __init__(self, message: str, findings: list[Finding]) -> None:
        super().__init__(message, findings)
        self.findings = findings

    def __str__(self) -> str:
        return str(self.args[0])
