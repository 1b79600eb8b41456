"""Style sheets that pages load as one: written as files of a meaning each, sent in a single request.

`STYLESHEET_BUNDLES` names each bundle and its parts, in the order of the cascade. The finder puts the parts together
when static files are collected or asked for, so there is nothing to build and nothing to forget.
"""

from __future__ import annotations

import posixpath
import re
import tempfile
from collections.abc import Iterable, Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.utils import matches_patterns
from django.core.checks import CheckMessage, Error
from django.core.files.storage import FileSystemStorage

ADDRESS = re.compile(r"""url\((["']?)(?!data:|https?:|/|#)([^"')]+)\1\)""")


class BundleFinder(finders.BaseFinder):
    """Finds bundles: each is written below `STYLESHEET_BUNDLES_ROOT` whenever what it is made of has changed."""

    @cached_property
    def storage(self) -> FileSystemStorage:
        """Where bundles are written."""
        return FileSystemStorage(location=settings.STYLESHEET_BUNDLES_ROOT)

    def check(self, **_kwargs: Any) -> list[CheckMessage]:
        """Report parts that are not there."""
        return [
            Error(f"{bundle} is made of {part}, which is not there.", id="vacancy.stylesheets")
            for bundle, parts in settings.STYLESHEET_BUNDLES.items()
            for part in parts
            if _part(part) is None
        ]

    def find(self, path: str, find_all: bool = False, **_kwargs: Any) -> Any:
        """Return where the bundle is, or nothing."""
        if path not in settings.STYLESHEET_BUNDLES:
            return []
        found = str(self._written(path))
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Yield the bundles, written."""
        for bundle in settings.STYLESHEET_BUNDLES:
            if not matches_patterns(bundle, ignore_patterns or []):
                self._written(bundle)
                yield bundle, self.storage

    def _written(self, bundle: str) -> Path:
        content = bundle_text(bundle)
        path = Path(self.storage.path(bundle))
        if not path.exists() or path.read_text() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as file:
                file.write(content)
            Path(file.name).chmod(0o644)
            Path(file.name).replace(path)
        return path


def bundle_text(bundle: str) -> str:
    """The parts of a bundle in their order, with addresses that are right where the bundle is."""
    texts = []
    for part in settings.STYLESHEET_BUNDLES[bundle]:
        path = _part(part)
        if path is None:
            raise FileNotFoundError(part)
        texts.append(ADDRESS.sub(partial(_moved, part=part, bundle=bundle), path.read_text()))
    return "\n".join(texts)


def _part(part: str) -> Path | None:
    for directory in settings.STATICFILES_DIRS:
        path = Path(directory) / part
        if path.is_file():
            return path
    return None


def _moved(match: re.Match[str], part: str, bundle: str) -> str:
    target = posixpath.normpath(posixpath.join(posixpath.dirname(part), match[2]))
    return f'url("{posixpath.relpath(target, posixpath.dirname(bundle))}")'
