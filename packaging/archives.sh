#!/usr/bin/env bash
# Packs the plugin as releases publish it, for each wheel that has it: the program, its licence, its
# manual, and what kubectl asks for completions.
#
#   archives.sh WHEELS FOLDER   writes FOLDER/kubectl-feast-VERSION-TARGET.tar.gz, and SHA256SUMS
#
# One of the wheels must be for the machine that this runs on.
set -euo pipefail
wheels=$1
folder=$2

# The target of Rust that a wheel is for, by the end of its name.
target() {
    case $1 in
    *musllinux*_x86_64.whl) echo x86_64-unknown-linux-musl ;;
    *musllinux*_aarch64.whl) echo aarch64-unknown-linux-musl ;;
    *manylinux*_x86_64.whl) echo x86_64-unknown-linux-gnu ;;
    *manylinux*_aarch64.whl) echo aarch64-unknown-linux-gnu ;;
    *macosx*_x86_64.whl) echo x86_64-apple-darwin ;;
    *macosx*_arm64.whl) echo aarch64-apple-darwin ;;
    *win_amd64.whl) echo x86_64-pc-windows-msvc ;;
    *) echo "no target is known for $1" >&2; return 1 ;;
    esac
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/common" "$folder"

# The programs, each in a folder called by its target.
for wheel in "$wheels"/*.whl; do
    name=$(target "$wheel")
    python3 -m zipfile -e "$wheel" "$work/wheel"
    mkdir "$work/$name"
    mv "$work"/wheel/*.data/scripts/* "$work/$name"
    chmod +x "$work/$name"/*
    rm -r "$work/wheel"
done

runnable=$work/$(uname -m)-unknown-linux-gnu/kubectl-feast
[ -x "$runnable" ] || runnable=$work/$(uname -m)-unknown-linux-musl/kubectl-feast
cp LICENSE "$work/common"
"$runnable" man >"$work/common/kubectl-feast.1"
"$runnable" completions kubectl >"$work/common/kubectl_complete-feast"
chmod +x "$work/common/kubectl_complete-feast"
version=$("$runnable" --version | cut -d' ' -f2)

for content in "$work"/*-*-*; do
    cp "$work"/common/* "$content"
    # The same content makes the same archive.
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$content" -c . |
        gzip -n >"$folder/kubectl-feast-$version-$(basename "$content").tar.gz"
done
(cd "$folder" && sha256sum kubectl-feast-*.tar.gz >SHA256SUMS)
