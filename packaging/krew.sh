#!/usr/bin/env bash
# Prints krew's manifest for a release, from its archives.
#
#   krew.sh FOLDER   FOLDER is the output of archives.sh
set -euo pipefail
repository=https://github.com/feast-kube/feast-kube
sums=$1/SHA256SUMS
version=$(sed -n '1s/.* kubectl-feast-\([^-]*\)-.*/\1/p' "$sums")

cat <<END
apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: feast
spec:
  version: v$version
  homepage: $repository
  shortDescription: Validate, lint and render Feast FeatureStores
  description: |
    Validates, lints and renders FeatureStores of the Feast feature store without
    a cluster: the API server's errors, the objects that Feast's operator
    creates, and the effects of a change or an operator upgrade.
  platforms:
END
while read -r sum archive; do
    program=kubectl-feast
    case $archive in
    *x86_64-unknown-linux-musl*) os=linux arch=amd64 ;;
    *aarch64-unknown-linux-musl*) os=linux arch=arm64 ;;
    *x86_64-apple-darwin*) os=darwin arch=amd64 ;;
    *aarch64-apple-darwin*) os=darwin arch=arm64 ;;
    *x86_64-pc-windows-msvc*) os=windows arch=amd64 program=kubectl-feast.exe ;;
    # Linux has a static program, which runs with any libc.
    *) continue ;;
    esac
    cat <<END
  - selector:
      matchLabels:
        os: $os
        arch: $arch
    uri: $repository/releases/download/v$version/$archive
    sha256: $sum
    bin: $program
    files:
    - from: "*"
      to: .
END
done <"$sums"
