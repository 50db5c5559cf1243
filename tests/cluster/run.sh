#!/usr/bin/env bash
# Runs the tests on a real API server: the one of FEAST_KUBECONFIG if it is set, else one that is
# built from Go modules (about ten minutes the first time, seconds later) and ended afterwards.
# Where there is neither, that is told: see `skip_tests` in .ci/tools.
#
#   run.sh         builds the server unless it is there, and tests
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
    # A server of our own, whatever else is running.
    home=$(mktemp -d)
    trap 'KAS_HOME=$home "$program" stop >/dev/null || true; rm -rf "$home"' EXIT
    mkdir -p "$home"
    ln -s "$("$program" assets)" "$home/bin"
    # Autoscalers look every second: they wait for one another's effects.
    started=$(KAS_HOME=$home "$program" start \
        -controller-args "--horizontal-pod-autoscaler-sync-period=1s")
    FEAST_KUBECONFIG=${started#KUBECONFIG=}
    export FEAST_KUBECONFIG KUBECTL="$home/bin/kubectl"
elif [ "${1:-}" = build ]; then
    exit
fi
cargo test --workspace --test cluster -- --ignored --nocapture
# They wait more than they work.
cargo test --workspace --test e2e -- --ignored --nocapture --test-threads=4
