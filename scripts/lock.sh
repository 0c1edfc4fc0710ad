#!/bin/sh
# Renews both lock files from pyproject.toml: pinned versions with hashes, for every platform and Python >= 3.12.
set -eu
compile() {
    uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
        --python-version 3.12 --upgrade --output-file "$1" "$2" $3
}
compile requirements.lock pyproject.toml ""
compile requirements-dev.lock pyproject.toml "--group dev"

# The servers of the tests: a version is in the name of its file, so that it stays.
for lock in tests/real/locks/*.txt; do
    name=$(basename "$lock" .txt)
    echo "${name%-*}==${name##*-}" | uv pip compile --quiet --universal --no-annotate --no-header \
        --python-version 3.12 --upgrade --output-file "$lock" -
done
for folder in tests/real/locks/*/; do
    rm "$folder/package-lock.json"
    npm install --prefix "$folder" --package-lock-only --ignore-scripts --no-audit --no-fund --silent \
        --omit-lockfile-registry-resolved
done
