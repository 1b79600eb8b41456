"""The version that is out there: up to which migrations it goes, and what was let pass in them.

``released.json`` is written with ``manage.py migration_lint --release`` when a version is released. Migrations after it
must be clean, and what its models have must stay until the version after next.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

PATH = Path(__file__).with_name("released.json")


@dataclass(frozen=True, slots=True)
class Released:
    """The last migrations of the released version by app, and what its migrations do against the rules, and why."""

    heads: dict[str, str]
    reason: str
    let_pass: dict[str, list[str]]
    """By rule: the migrations."""

    @property
    def nodes(self) -> list[tuple[str, str]]:
        """The heads as Django's graph names them."""
        return sorted(self.heads.items())


def released_read(path: Path = PATH) -> Released:
    """What was released."""
    return Released(**json.loads(path.read_text()))


def released_write(released: Released, path: Path = PATH) -> None:
    """Record a release."""
    content = {"heads": released.heads, "reason": released.reason, "let_pass": released.let_pass}
    path.write_text(json.dumps(content, indent=2, sort_keys=True) + "\n")
