#!/usr/bin/env bash
# Installs the Helm chart on the API server of KUBECONFIG, as users do. Runs the operator with the
# chart's permissions on a FeatureStore, upgrades, rolls back, uninstalls and installs again. It
# only starts the operator's process: the server needs no nodes.
#
#   HELM, KUBECTL, OPERATOR   the programs
set -euo pipefail
cd "$(dirname "$0")/.."
: "${KUBECONFIG:?}" "${HELM:?}" "${KUBECTL:?}" "${OPERATOR:?}"

namespace=feast-operator-system
work=$(mktemp -d)
operator=
trap '[ -z "$operator" ] || kill "$operator"; rm -rf "$work"' EXIT

helm() { "$HELM" --namespace $namespace "$@"; }
kubectl() { "$KUBECTL" "$@"; }

# Waits until a command succeeds.
eventually() {
    local attempt
    for attempt in $(seq 300); do
        "$@" >"$work/told" 2>&1 && return
        sleep 0.2
    done
    echo "never: $* (after $attempt attempts)"
    cat "$work/told" "$work/log"
    return 1
}

replicas() { test "$(kubectl get deployment feast-operator -n $namespace -o jsonpath='{.spec.replicas}')" = "$1"; }
is_there() { kubectl get "$@" -o name >"$work/told"; }
is_gone() { ! is_there "$@" 2>/dev/null; }

# Whether the FeatureStore's servers have their permissions, some of which are in the chart.
is_authorized() {
    local condition='{.status.conditions[?(@.type=="Authorization")].status}'
    test "$(kubectl get featurestore "$name" -n features -o jsonpath="$condition")" = True
}

# Runs the operator like its Deployment, with the permissions of its ServiceAccount.
run_operator() {
    local token
    token=$(kubectl create token feast-operator -n $namespace)
    cp "$KUBECONFIG" "$work/kubeconfig"
    KUBECONFIG=$work/kubeconfig kubectl config set-credentials operator --token "$token" >/dev/null
    KUBECONFIG=$work/kubeconfig kubectl config set-context --current --user operator >/dev/null
    POD_NAMESPACE=$namespace "$OPERATOR" run --hardened --kubeconfig "$work/kubeconfig" \
        --listen 127.0.0.1:0 --log-format text 2>"$work/log" &
    operator=$!
}

stop_operator() {
    kill "$operator"
    wait "$operator"
    operator=
}

helm install feast-operator deploy/helm/feast-operator --create-namespace \
    --set webhook.certificate=none >"$work/notes" 2>/dev/null
grep -q 'looks after the FeatureStores of all namespaces' "$work/notes"
run_operator
kubectl create namespace features >/dev/null
kubectl apply --filename examples/minimal.yaml >/dev/null
name=$(kubectl get featurestores -n features -o jsonpath='{.items[0].metadata.name}')
made=(deployment "feast-$name" -n features)
eventually is_there "${made[@]}"
eventually is_authorized

helm upgrade feast-operator deploy/helm/feast-operator --reuse-values --set replicas=2 >/dev/null 2>&1
replicas 2
is_there poddisruptionbudget feast-operator -n $namespace
helm rollback feast-operator 1 >/dev/null
replicas 1
is_gone poddisruptionbudget feast-operator -n $namespace

# Objects and FeatureStores are kept.
helm uninstall feast-operator >/dev/null
stop_operator
is_gone deployment feast-operator -n $namespace
is_there clusterrole feast-token-review-cluster-role
is_there "${made[@]}"

# The next installation adopts them.
helm install feast-operator deploy/helm/feast-operator --set keepOnUninstall=false \
    --set webhook.certificate=none >/dev/null 2>&1
run_operator
kubectl delete featurestore "$name" -n features >/dev/null
eventually is_gone "${made[@]}"
stop_operator
helm uninstall feast-operator >/dev/null
eventually is_gone crd featurestores.feast.dev
is_gone clusterrole feast-token-review-cluster-role
echo "chart: installed, upgraded, rolled back, uninstalled and installed again"
