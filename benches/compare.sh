#!/usr/bin/env bash
# What this costs beside what others take, as one table of ratios; `--json FILE` writes it for
# machines too. Needs Python. Rows that need Go, or the API server's code (FEAST_ORACLE_DIR, by
# default tests/oracle/admit), are skipped where there is none.
set -euo pipefail
cd "$(dirname "$0")/.."

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
work=$CARGO_TARGET_DIR/compare
oracle=${FEAST_ORACLE_DIR:-tests/oracle/admit}
mkdir -p "$work"

echo "building" >&2
cargo build --release --quiet --bin kubectl-feast
cargo bench --quiet --no-run --bench compare
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
python3 benches/compare.py "$work" "$CARGO_TARGET_DIR/release/kubectl-feast" "$@"
