# Installs other programs into GOBIN, for comparison. Sourced; needs Go.

kubeconform() {
    test -x "$GOBIN/kubeconform" || go install github.com/yannh/kubeconform/cmd/kubeconform@latest
}

kubectl_validate() {
    test -x "$GOBIN/kubectl-validate" || go install sigs.k8s.io/kubectl-validate@latest
}
