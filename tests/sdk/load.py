"""Renders manifests with the program given and loads the documents as Feast does when it starts.

With all corrections every document must load. As the reference operator writes them, Feast refuses
some: those are listed, and so is what is not rendered at all.
"""

import subprocess
import sys
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

from feast.repo_config import load_repo_config

warnings.simplefilter("ignore")

DOCUMENTS = ["service", "client", "lineage"]

# Secrets that the published samples refer to but do not contain.
SECRETS = Path(__file__).with_name("secrets.yaml")

# Parts of the configuration that Feast only creates on demand.
LAZY = [
    "registry",
    "online_store",
    "offline_store",
    "auth_config",
    "batch_engine",
    "openlineage",
    "mlflow",
]


def render(program, manifest, document, corrections):
    """The texts of a document, for each FeatureStore of a manifest that has it."""
    if document == "lineage" and "lineageServer:" not in Path(manifest).read_text():
        return []
    options = ["--document", document, "--corrections", corrections]
    run = subprocess.run([program, "render", manifest, SECRETS, *options], capture_output=True, text=True)
    if run.returncode > 1:
        raise SystemExit(run.stderr)
    if run.stderr:
        print(f"  {run.stderr.strip()}")
    return [text for text in run.stdout.split("---\n") if text]


def refusal(text):
    """Why Feast rejects a document; None if it does not."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "feature_store.yaml"
        path.write_text(text)
        try:
            config = load_repo_config(Path(folder), path)
            for name in LAZY:
                getattr(config, name)
        except Exception as error:  # Feast raises whatever its parts raise.
            return " ".join(f"{type(error).__name__}: {error}".split())
    return None


def check(program, manifests, corrections):
    """Prints rejected documents, and how many load. True if all do."""
    loaded = total = 0
    for manifest in manifests:
        for document in DOCUMENTS:
            for text in render(program, manifest, document, corrections):
                reason = refusal(text)
                loaded += reason is None
                total += 1
                if reason is not None:
                    print(f"  {Path(manifest).name}: {document}: {reason}")
    print(f"corrections {corrections}: {loaded} of {total} documents load")
    return loaded == total > 0


def main(program, *manifests):
    print(f"feast {version('feast')}, {len(manifests)} manifests")
    check(program, manifests, "none")
    if not check(program, manifests, "all"):
        sys.exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
