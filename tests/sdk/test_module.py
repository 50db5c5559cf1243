"""Feast loads what the Python module renders: see packaging/test.sh."""

import os
from pathlib import Path

import feast_kube
import pytest
from load import SECRETS, refusal

ROOT = Path(__file__).parents[2]
UPSTREAM = Path(os.environ.get("FEAST_UPSTREAM_DIR", ROOT.parent / "shared" / "upstream"))
MANIFESTS = [
    *(ROOT / "examples").glob("*.yaml"),
    *(UPSTREAM / "samples").glob("*featurestore*.yaml"),
]

# The operator rejects it.
LINEAGE_ON_A_FILE = "v1_featurestore_lineage_server.yaml"


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda manifest: manifest.name)
def test_feast_loads_what_is_rendered(manifest):
    manifests = [manifest, SECRETS]
    if manifest.name == LINEAGE_ON_A_FILE:
        with pytest.raises(feast_kube.Refused, match="requires a SQL database"):
            feast_kube.render(manifests, operator={"corrections": "all"})
        return
    renderings = feast_kube.render(manifests, operator={"corrections": "all"})
    assert renderings
    for rendering in renderings:
        for text in rendering["documents"].values():
            assert refusal(text) is None
