#!/bin/sh
# Renews both lock files from pyproject.toml: pinned versions with hashes, for every platform and Python >= 3.12.
set -eu
compile() {
    uv pip compile --quiet --universal --generate-hashes --no-annotate --no-header \
        --python-version 3.12 --upgrade --output-file "$1" "$2" $3
}
compile requirements.lock pyproject.toml ""
compile requirements-dev.lock pyproject.toml "--group dev"
