"""PERFORMANCE_CHECKLIST.md names only commands and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]


def test_every_proof_exists() -> None:
    text = (ROOT / "PERFORMANCE_CHECKLIST.md").read_text()
    named = re.findall(r"`manage\.py (\w+)", text)
    paths = [path for found in re.findall(r"`pytest ([^`]+)`", text) for path in found.split()]
    targets = re.findall(r"`make ([a-z]+)", text)
    makefile = (ROOT / "Makefile").read_text()

    assert named, "the list names no command"
    assert paths, "the list names no test"
    assert set(named) <= get_commands().keys()
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [target for target in targets if f"\n{target}:" not in makefile] == []
