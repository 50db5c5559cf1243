#!/usr/bin/env bash
# Packs the plugin for a release, for each of its wheels: the program, its license, its manual, and
# kubectl's completion program.
#
#   archives.sh WHEELS FOLDER   writes FOLDER/kubectl-feast-VERSION-TARGET.tar.gz, and SHA256SUMS
set -euo pipefail
wheels=$1
folder=$2

# The Rust target of a wheel, from the end of its name.
target() {
    case $1 in
    *musllinux*_x86_64.whl) echo x86_64-unknown-linux-musl ;;
    *musllinux*_aarch64.whl) echo aarch64-unknown-linux-musl ;;
    *manylinux*_x86_64.whl) echo x86_64-unknown-linux-gnu ;;
    *manylinux*_aarch64.whl) echo aarch64-unknown-linux-gnu ;;
    *macosx*_x86_64.whl) echo x86_64-apple-darwin ;;
    *macosx*_arm64.whl) echo aarch64-apple-darwin ;;
    *win_amd64.whl) echo x86_64-pc-windows-msvc ;;
    *) echo "unknown target of $1" >&2; return 1 ;;
    esac
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$folder"

for wheel in "$wheels"/*.whl; do
    # Such as kubectl_feast-0.1.0-py3-none-win_amd64.whl.
    version=$(basename "$wheel" | cut -d- -f2)
    archive=kubectl-feast-$version-$(target "$wheel")
    content=$work/$archive
    python3 -m zipfile -e "$wheel" "$work/wheel"
    mkdir "$content"
    mv "$work"/wheel/*.data/scripts/* "$content"
    chmod +x "$content"/*
    cp LICENSE "$work"/wheel/*.data/data/share/man/man1/*.1 "$content"
    rm -r "$work/wheel"
    # Reproducible: the same content gives the same archive.
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$content" -c . |
        gzip -n >"$folder/$archive.tar.gz"
done
(cd "$folder" && sha256sum kubectl-feast-*.tar.gz >SHA256SUMS)
