#!/usr/bin/env bash
# Loads the feature_store.yaml documents of the examples and samples with Feast's own SDK, in its
# own virtual environment (about 900 MB). Without Python or the packages, reports skipped tests: see
# `skip_tests` in .ci/tools.
#
#   run.sh           installs the SDK unless present, and tests
#   run.sh install   only installs
#
# FEAST_SDK_VENV      the environment, kept between runs (target/sdk-venv) FEAST_UPSTREAM_DIR  has
# further manifests in `samples` (../shared/upstream)
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/tools

release=0.66.0
# The packages that the stores of the examples and samples import.
extras=aws,duckdb,gcp,grpcio,openlineage,postgres,redis,snowflake
venv=${FEAST_SDK_VENV:-target/sdk-venv}
samples=${FEAST_UPSTREAM_DIR:-../shared/upstream}/samples

give_up() {
    skip_tests "documents, read by Feast" "$1"
    exit
}

# Packages for the tests of the Python module, which packaging/test.sh runs in this environment,
# too.
tests=(hypothesis pytest)

if ! "$venv/bin/python" -c 'import feast, hypothesis, pytest' 2>/dev/null; then
    command -v python3 >/dev/null || give_up "no python3 here"
    python3 -m venv "$venv" || give_up "python3 has no venv module"
    "$venv/bin/pip" install --quiet "feast[$extras]==$release" "${tests[@]}" ||
        "$venv/bin/pip" install --quiet "feast[$extras]" "${tests[@]}" ||
        give_up "pip cannot install feast"
fi
if [ "${1:-}" = install ]; then
    exit
fi

# Not `cargo build`, which would compile everything again.
cargo test --quiet --workspace --test cli --no-run
shopt -s nullglob
exec "$venv/bin/python" tests/sdk/load.py "${CARGO_TARGET_DIR:-target}/debug/kubectl-feast" \
    examples/*.yaml "$samples"/*featurestore*.yaml
