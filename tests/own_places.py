"""Each test has its own place for what outlives a database: what one leaves there, no other finds.

Tests run in a random order, so that a list left behind would spoil another test on some runs only. The folder is named,
not made: few tests write there.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from django.test import override_settings


@pytest.fixture(autouse=True)
def own_places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Name an empty place for backups and the list of erasures, as production has them beside each other."""
    root = tmp_path_factory.getbasetemp() / "own-place"
    with override_settings(BACKUP_ROOT=str(root), ERASURES_FILE=str(root / "erasures.jsonl")):
        yield
    if root.exists():
        shutil.rmtree(root)
