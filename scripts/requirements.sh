#!/bin/sh
# Compile pyproject.toml into requirements/base.txt and requirements/dev.txt: every version pinned, every file hashed,
# valid for every platform, and no registry's address in them.
set -eu

cd "$(dirname "$0")/.."

if ! command -v uv >/dev/null 2>&1; then
    echo "make requirements needs uv, which compiles pins for all platforms at once: install it (pip install uv) and run it again." >&2
    exit 1
fi

compile() {
    output=$1
    shift
    uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --no-emit-index-url --output-file "requirements/$output.txt" "$@"
    echo "requirements/$output.txt: $(grep -c '==' "requirements/$output.txt") packages"
}

compile base
compile tracing --extra tracing --constraint requirements/base.txt
compile dev --group dev --extra tracing --constraint requirements/base.txt
