#!/usr/bin/env bash
# Writes the other files of the plugin's wheel to packaging/data, where maturin looks for them:
# shell completions, kubectl's completion program, and the manual. The manual changes with each flag
# and is not committed; a wheel built from a checkout has none.
#
#   data.sh PROGRAM
set -euo pipefail
program=$1
folder=$(dirname "$0")/data

share=$folder/data/share
mkdir -p "$folder/scripts" "$share"/{bash-completion/completions,zsh/site-functions,fish/vendor_completions.d}
"$program" man --output-dir "$share/man/man1"
"$program" completions bash >"$share/bash-completion/completions/kubectl-feast"
"$program" completions zsh >"$share/zsh/site-functions/_kubectl-feast"
"$program" completions fish >"$share/fish/vendor_completions.d/kubectl-feast.fish"
"$program" completions kubectl >"$folder/scripts/kubectl_complete-feast"
chmod +x "$folder/scripts/kubectl_complete-feast"
