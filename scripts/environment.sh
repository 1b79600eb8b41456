#!/bin/sh
# Make .venv hold exactly the pinned packages of requirements/$1.txt; does nothing, quickly, when it already does.
set -eu

wanted=$1
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*" >&2; }

suitable() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        if suitable "$PYTHON"; then
            command -v "$PYTHON"
            return
        fi
        say "PYTHON=$PYTHON is not a Python 3.11 or newer: name one that is, or leave PYTHON unset."
        exit 1
    fi
    for candidate in python3.13 python3.12 python3.11 python3; do
        if command -v "$candidate" >/dev/null 2>&1 && suitable "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    if command -v python3 >/dev/null 2>&1; then
        say "Vacancy needs Python 3.11 or newer, but python3 here is $(python3 -c 'import platform; print(platform.python_version())'): install a newer one, or name it with PYTHON=."
    else
        say "Vacancy needs Python 3.11 or newer: install it (Debian and Ubuntu: apt-get install python3 python3-venv)."
    fi
    exit 1
}

create() {
    rm -rf .venv
    "$1" -m venv .venv >/dev/null 2>&1 && return
    rm -rf .venv
    "$1" -m virtualenv --quiet .venv >/dev/null 2>&1 && return
    rm -rf .venv
    if command -v virtualenv >/dev/null 2>&1; then
        virtualenv --quiet --python "$1" .venv >/dev/null 2>&1 && return
        rm -rf .venv
    fi
    if command -v uv >/dev/null 2>&1; then
        uv venv --quiet --seed --python "$1" .venv >/dev/null 2>&1 && return
        rm -rf .venv
    fi
    say "This Python cannot create virtual environments: install that part of it (Debian and Ubuntu: apt-get install python3-venv) and run make again."
    exit 1
}

# One at a time; two makes on a fresh checkout would build the environment twice over each other.
mkdir -p .run
chmod 700 .run 2>/dev/null || true
if command -v flock >/dev/null 2>&1; then
    exec 9>.run/environment.lock
    flock 9
fi

fingerprint() { cat "requirements/$1.txt" | cksum; }

if [ -d .venv ] && ! { suitable .venv/bin/python && .venv/bin/python -m pip --version >/dev/null 2>&1; }; then
    if [ -L .venv ]; then
        say ".venv is a link to an environment that does not work: remove the link and run make again."
        exit 1
    fi
    rm -rf .venv
fi

# The development pins contain the others.
for installed in "$wanted" dev; do
    stamp=.venv/.requirements-$installed
    if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint "$installed")" ]; then
        exit 0
    fi
done

if [ ! -d .venv ]; then
    python=$(find_python)
    say "Creating .venv with $("$python" --version) ..."
    create "$python"
fi

say "Installing the pinned packages of requirements/$wanted.txt (a minute or two, the first time only) ..."
log=.run/install.log
if ! .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input --no-deps --require-hashes \
    --requirement "requirements/$wanted.txt" >"$log" 2>&1; then
    say "The packages could not be installed: $(grep -m 1 '^ERROR' "$log" | sed 's/^ERROR: //' || true) (all of it is in $log)."
    exit 1
fi
rm -f .venv/.requirements-*
fingerprint "$wanted" >".venv/.requirements-$wanted"
