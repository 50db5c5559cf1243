#!/usr/bin/env bash
# Prints a table of times compared with other libraries and programs; `--json FILE` also writes it
# as JSON. Needs Python. Skips rows whose requirements are missing: Go, the API server's code
# (FEAST_ORACLE_DIR, by default tests/oracle/admit), and requests for CRDs of other projects
# (FEAST_CONFORMANCE_DIR).
set -euo pipefail
cd "$(dirname "$0")/.."

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
work=$CARGO_TARGET_DIR/compare
oracle=${FEAST_ORACLE_DIR:-tests/oracle/admit}
mkdir -p "$work"
# It has requests for CRDs of other projects.
if [ -d ../shared/conformance ]; then
    export FEAST_CONFORMANCE_DIR=${FEAST_CONFORMANCE_DIR:-$PWD/../shared/conformance}
fi

echo "building" >&2
cargo build --release --quiet --bin kubectl-feast
cargo bench --quiet --no-run --bench compare --bench others
echo 'fn main() {}' >"$work/empty.rs"
rustc -O -o "$work/empty" "$work/empty.rs"
if command -v go >/dev/null; then
    export GOBIN=$work
    source benches/peers.sh
    kubeconform
    kubectl_validate
    if [ -d "$oracle" ]; then
        (cd "$oracle" && go build -o "$work/admit" .)
    fi
fi

echo "measuring" >&2
cargo bench --quiet --bench compare >"$work/rows.jsonl"
rm -rf "$work/others"
FEAST_PEERS_DIR=$work/others cargo bench --quiet --bench others >>"$work/rows.jsonl"
python3 benches/compare.py "$work" "$CARGO_TARGET_DIR/release/kubectl-feast" "$@"
