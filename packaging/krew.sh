#!/usr/bin/env bash
# Prints krew's manifest of a release, from the archives that it publishes.
#
#   krew.sh VERSION FOLDER   FOLDER has kubectl-feast-VERSION-TARGET.tar.gz for each target
set -euo pipefail
version=$1
folder=$2
repository=https://github.com/feast-kube/feast-kube

# The name of each target in Rust, and krew's names for it.
targets="x86_64-unknown-linux-musl linux amd64
aarch64-unknown-linux-musl linux arm64
x86_64-apple-darwin darwin amd64
aarch64-apple-darwin darwin arm64
x86_64-pc-windows-msvc windows amd64"

cat <<END
apiVersion: krew.googlecontainertools.github.com/v1alpha2
kind: Plugin
metadata:
  name: feast
spec:
  version: v$version
  homepage: $repository
  shortDescription: Check and render Feast FeatureStores
  description: |
    Says without a cluster what an API server answers to a FeatureStore of the
    Feast feature store, what Feast's operator makes of it, and what the next
    release of the operator will change.
  platforms:
END
while read -r target os arch; do
    archive=kubectl-feast-$version-$target.tar.gz
    [ -f "$folder/$archive" ] || continue
    program=kubectl-feast
    [ "$os" != windows ] || program=kubectl-feast.exe
    cat <<END
  - selector:
      matchLabels:
        os: $os
        arch: $arch
    uri: $repository/releases/download/v$version/$archive
    sha256: $(sha256sum "$folder/$archive" | cut -d' ' -f1)
    bin: $program
    files:
    - from: "*"
      to: .
END
done <<<"$targets"
