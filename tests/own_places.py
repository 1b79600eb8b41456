"""Each test has its own place for what outlives a database: what one leaves there, no other finds.

Tests run in a random order, so that a list left behind would spoil another test on some runs only, and in several
processes at once: what one deletes because its time is over, another is about to read. The folder is named, not made:
few tests write there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.test import override_settings


@pytest.fixture(autouse=True)
def own_places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Name an empty place for backups, the list of erasures and private files, beside each other as in production."""
    root = tmp_path_factory.getbasetemp() / "own-place"
    with override_settings(
        BACKUP_ROOT=str(root), ERASURES_FILE=str(root / "erasures.jsonl"), PRIVATE_ROOT=str(root / "private")
    ):
        yield
    if root.exists():
        shutil.rmtree(root)
