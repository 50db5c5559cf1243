#!/usr/bin/env bash
# Runs the tests on a real API server: that of FEAST_KUBECONFIG, or one built from Go modules (about
# ten minutes the first time, then seconds) and stopped afterwards. Without either, reports skipped
# tests: see `skip_tests` in .ci/tools.
#
#   run.sh         builds the server unless present, and tests
#   run.sh build   only builds
#
# FEAST_APISERVER_DIR   the program that builds and starts a server (tests/oracle/apiserver)
set -euo pipefail
cd "$(dirname "$0")/../.."
source .ci/tools

if [ -z "${FEAST_KUBECONFIG:-}" ]; then
    program=${FEAST_APISERVER_DIR:-tests/oracle/apiserver}/run.sh
    if ! command -v go >/dev/null; then
        skip_tests "tests on an API server" "they need FEAST_KUBECONFIG, or Go"
        exit
    fi
    "$program" build
    if [ "${1:-}" = build ]; then
        exit
    fi
    # A separate server, even if others run.
    home=$(mktemp -d)
    trap 'KAS_HOME=$home "$program" stop >/dev/null || true; rm -rf "$home"' EXIT
    mkdir -p "$home"
    ln -s "$("$program" assets)" "$home/bin"
    # Autoscalers sync every second, because tests wait for their effects.
    started=$(KAS_HOME=$home "$program" start \
        -controller-args "--horizontal-pod-autoscaler-sync-period=1s")
    FEAST_KUBECONFIG=${started#KUBECONFIG=}
    export FEAST_KUBECONFIG KUBECTL="$home/bin/kubectl"
elif [ "${1:-}" = build ]; then
    exit
fi
cargo test --workspace --test cluster -- --ignored --nocapture
# The tests mostly wait.
cargo test --workspace --test e2e -- --ignored --nocapture --test-threads=4
