#!/usr/bin/env bash
# Builds the page and tests it in Chromium. Without npm, the WebAssembly target or Chromium, reports
# skipped tests: see `skip_tests` in .ci/tools.
#
#   test.sh         builds the page unless it is up to date, and tests it
#   test.sh build   only builds, and installs the requirements
#
# Writes screenshots of each tab to target/playground.
set -euo pipefail
cd "$(dirname "$0")/.."
source .ci/tools

give_up() {
    skip_tests "the playground in Chromium" "$1"
    exit
}

command -v npm >/dev/null || give_up "there is no npm"
if ! rustup target list --installed 2>/dev/null | grep -qx wasm32-unknown-unknown; then
    rustup target add wasm32-unknown-unknown >/dev/null 2>&1 ||
        give_up "the target wasm32-unknown-unknown cannot be installed"
fi
cd feast-playground
# Skips the installation if the lock file has not changed.
if ! cmp --silent package-lock.json node_modules/.locked; then
    npm ci --silent || give_up "npm cannot install what package-lock.json lists"
    cp package-lock.json node_modules/.locked
fi
npm run --silent build
if [ "${1:-}" = build ]; then
    exit
fi
(cd .. && need_program chromium)
command -v chromium >/dev/null || give_up "Chromium cannot be installed"
npm run --silent size
npm test --silent
