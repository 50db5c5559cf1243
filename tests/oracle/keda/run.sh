#!/usr/bin/env bash
# KEDA on a real API server: its operator and metrics server, built from KEDA's published Go module,
# scale FeatureStores. Not in .ci/run: it takes about twenty minutes to build.
#
#   run.sh build   builds KEDA
#   run.sh up      starts an API server and KEDA, and prints KUBECONFIG=... (ends with "down")
#   run.sh down    stops what "up" started
#   run.sh         builds, starts, runs the tests of feast-operator/tests/keda, and stops
#
# KEDA_HOME (default: $TMPDIR/keda-$UID) has the programs, their certificate and their output.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$here/../../..
home=${KEDA_HOME:-${TMPDIR:-/tmp}/keda-$(id -u)}
server=$root/tests/oracle/apiserver/run.sh
module=github.com/kedacore/keda/v2

build() {
    local program
    mkdir -p "$home"
    for program in operator adapter; do
        (cd "$here" && CGO_ENABLED=0 nice go build -trimpath -o "$home/keda-$program" $module/cmd/$program)
    done
    "$server" build
}

# One certificate for all: the metrics server and the operator use TLS in both directions, and the
# API server connects to the metrics server.
certify() {
    mkdir -p "$home/certificates"
    openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=localhost \
        -addext subjectAltName=DNS:localhost \
        -keyout "$home/certificates/tls.key" -out "$home/certificates/tls.crt" 2>/dev/null
    cp "$home/certificates/tls.crt" "$home/certificates/ca.crt"
}

# Starts a program of KEDA, with its output in a file.
spawn() {
    local name=$1
    shift
    KUBECONFIG=$KUBECONFIG POD_NAMESPACE=keda KEDA_CLUSTER_OBJECT_NAMESPACE=keda WATCH_NAMESPACE='' \
        nohup "$home/$name" "$@" >"$home/$name.log" 2>&1 </dev/null &
    echo $! >"$home/$name.pid"
}

apply() { "$home/server/bin/kubectl" apply --server-side --force-conflicts --filename "$@" >/dev/null; }

up() {
    mkdir -p "$home/server"
    ln -sfn "$("$server" assets)" "$home/server/bin"
    local started
    started=$(KAS_HOME=$home/server "$server" start \
        -controller-args "--horizontal-pod-autoscaler-sync-period=1s")
    export "${started?}"
    certify
    local source
    source=$(cd "$here" && go list -m -f '{{.Dir}}' $module)
    apply "$source/config/crd/bases"
    apply "$here/registration.yaml"
    spawn keda-operator --cert-dir "$home/certificates" --metrics-bind-address 127.0.0.1:18080 \
        --health-probe-bind-address 127.0.0.1:18081 --metrics-service-bind-address 127.0.0.1:19666
    spawn keda-adapter --cert-dir "$home/certificates" --secure-port 16443 --port 18082 \
        --tls-cert-file "$home/certificates/tls.crt" \
        --tls-private-key-file "$home/certificates/tls.key" \
        --metrics-service-address localhost:19666 --lister-kubeconfig "$KUBECONFIG" \
        --authentication-kubeconfig "$KUBECONFIG" --authorization-kubeconfig "$KUBECONFIG" \
        --authentication-skip-lookup
    echo "$started"
}

down() {
    local program
    for program in operator adapter; do
        kill "$(cat "$home/keda-$program.pid")" 2>/dev/null || true
    done
    KAS_HOME=$home/server "$server" stop
}

case "${1:-}" in
build) build ;;
up) up ;;
down) down ;;
"")
    build
    trap down EXIT
    started=$(up)
    export FEAST_KUBECONFIG=${started#KUBECONFIG=} KUBECTL=$home/server/bin/kubectl
    cd "$root"
    cargo test --workspace --test keda -- --ignored --nocapture
    ;;
*)
    sed -n '2,10s/^# \{0,1\}//p' "$0"
    exit 64
    ;;
esac
