#!/usr/bin/env bash
# Packs the plugin for a target as releases publish it: the program, its licence, its manual, and
# the completions that kubectl asks for.
#
#   archive.sh VERSION TARGET PROGRAM FOLDER   writes FOLDER/kubectl-feast-VERSION-TARGET.tar.gz
#
# Completions and manual come from the program; RUNNABLE names one that runs here, if PROGRAM is
# for another machine.
set -euo pipefail
version=$1
target=$2
program=$3
folder=$4
runnable=${RUNNABLE:-$program}

content=$(mktemp -d)
trap 'rm -rf "$content"' EXIT
cp "$program" LICENSE "$content"
"$runnable" man >"$content/kubectl-feast.1"
"$runnable" completions kubectl >"$content/kubectl_complete-feast"
chmod +x "$content/kubectl_complete-feast"
mkdir -p "$folder"
# The same content makes the same archive.
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime=@0 -C "$content" -c . |
    gzip -n >"$folder/kubectl-feast-$version-$target.tar.gz"
