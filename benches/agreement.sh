#!/usr/bin/env bash
# Prints a table of how often other libraries and programs agree with the API server on the recorded
# creations of any resource. Needs Go and Python; a program that cannot be built has no row.
set -euo pipefail
cd "$(dirname "$0")/.."

export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
work=$CARGO_TARGET_DIR/agreement
rm -rf "$work"/{crds,schemas,objects,alone,answers}
mkdir -p "$work"
export GOBIN=$work
source benches/peers.sh
kubeconform
kubectl_validate || true

FEAST_PEERS_DIR=$work cargo bench --quiet --bench agreement >"$work/libraries.jsonl"
cd "$work"
# Both exit with an error if an object is rejected.
./kubeconform -output json -verbose \
    -schema-location 'schemas/{{.Group}}_{{.ResourceKind}}_{{.ResourceAPIVersion}}.json' \
    objects >kubeconform.json || true
# This one compiles its input again for each object.
if test -x kubectl-validate; then
    mkdir -p alone answers
    for crd in crds/*.json; do
        name=$(basename "$crd" .json)
        ln -sf "../$crd" alone/crd.json
        ./kubectl-validate --local-crds alone --output json objects/"$name"--*.json \
            >"answers/$name.json" || true
    done
fi
python3 "$OLDPWD/benches/agreement.py"
