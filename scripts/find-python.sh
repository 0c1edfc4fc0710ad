#!/bin/sh
# Prints the path of a Python >= 3.12 on standard output, or says in one line what to install.
# A name on PATH is not enough: a shim may exist and fail, so each candidate is asked to run.

fits() {
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

# The oldest that fits: what the image runs and what every dependency has packages for.
in_pyenv() {
    for root in "${PYENV_ROOT:-}" "$HOME/.pyenv"; do
        [ -n "$root" ] && [ -d "$root/versions" ] || continue
        (cd "$root/versions" && find . -mindepth 1 -maxdepth 1 -name '3.*') | cut -c3- |
            sort -t. -k2,2n -k3,3n |
            while read -r version; do
                python="$root/versions/$version/bin/python3"
                if fits "$python"; then echo "$python"; break; fi
            done
    done | head -n 1
}

for name in ${PYTHON:-} python3.12 python3.13 python3.14 python3.15 python3 python; do
    path=$(command -v "$name" 2>/dev/null) || continue
    if fits "$path"; then echo "$path"; exit 0; fi
done

path=$(in_pyenv)
if [ -n "$path" ]; then echo "$path"; exit 0; fi

if command -v uv >/dev/null 2>&1; then
    path=$(uv python find --no-project '>=3.12' 2>/dev/null)
    if [ -z "$path" ] || ! fits "$path"; then
        uv python install --quiet 3.12 >/dev/null 2>&1
        path=$(uv python find --no-project --managed-python '>=3.12' 2>/dev/null)
    fi
    if [ -n "$path" ] && fits "$path"; then echo "$path"; exit 0; fi
fi

echo "Python 3.12 or newer (with venv) is needed and was not found: install it (apt install python3.12-venv, brew install python@3.12, pyenv install 3.12, or uv python install 3.12), then run make again." >&2
exit 1
