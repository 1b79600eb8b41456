"""The document, from the migrations of our apps."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterable

from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from core.upgrades.linting.linting import own_labels

from .wording import wording

HEAD = """# Schema changelog

What each migration does to the database, newest first. `manage.py schema_changelog` writes it from
the migrations; do not edit it. Upgrades are in [upgrades.md](upgrades.md).
"""


def changelog_text(loader: MigrationLoader | None = None) -> str:
    """The whole document. No queries."""
    loader = loader or MigrationLoader(None)
    ours = own_labels()
    plan = loader.graph._generate_plan(loader.graph.leaf_nodes(), True)
    sections = list(_sections([loader.graph.nodes[node] for node in plan], ours))
    return HEAD + "".join(reversed(sections))


def _sections(migrations: Iterable[Migration], ours: frozenset[str]) -> Iterable[str]:
    state = ProjectState()
    for migration in migrations:
        lines = []
        for operation in migration.operations:
            if migration.app_label in ours:
                lines += wording(operation, (migration.app_label, state))
            operation.state_forwards(migration.app_label, state)
        if migration.app_label in ours:
            yield _section(migration, lines)


def _section(migration: Migration, lines: list[str]) -> str:
    about = inspect.getdoc(type(migration)) if type(migration).__doc__ else None
    if about is None or about == inspect.getdoc(Migration):
        about = inspect.getdoc(sys.modules[type(migration).__module__])
    told = f"\n{' '.join(about.split())}\n" if about else ""
    listed = "\n".join(f"- {line}" for line in lines or ["Nothing in the database changes."])
    return f"\n## {migration.app_label} {migration.name}\n{told}\n{listed}\n"
