"""Which code made a value: values of other code are never read, whatever a deployment changed."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[2]
"""Where the apps lie beside each other."""

PARTS: tuple[tuple[str, str], ...] = (("*", "*.py"), ("templates", "*.html"), ("locale", "*.mo"))
"""Folders below the root, and the files in them that decide what values and pages look like."""

MANIFEST = "staticfiles/staticfiles.json"
LEFT_OUT = {"tests", "migrations", "staticfiles", "scripts", "deploy", "docs", "static"}


@cache
def code_version() -> str:
    """Twelve characters that change with any line of code, template or translation, and with Python and Django.

    Every process of an installation that runs the same files has the same. Read once in a process, in about 0.1 s.
    """
    return version_of(ROOT)


def version_of(root: Path) -> str:
    """The version of the code below a folder."""
    digest = hashlib.blake2b(f"{sys.version_info[:2]} {django.VERSION}".encode(), digest_size=6)
    for path in sorted(_files(root)):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(hashlib.blake2b(path.read_bytes(), digest_size=16).digest())
    return digest.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for folder, pattern in PARTS:
        for start in root.glob(folder):
            if start.is_dir() and start.name not in LEFT_OUT and not start.name.startswith("."):
                yield from (path for path in start.rglob(pattern) if LEFT_OUT.isdisjoint(path.parts[:-1]))
    manifest = root / MANIFEST
    if manifest.is_file():
        yield manifest
