"""Migrations that are only there for a test, behind the real ones of an app, as a package of their own."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path
from textwrap import dedent, indent

from tests.concurrency.crowd import ROOT

APP = "waitlist"
TABLE = "waitlist_pricealert"
MODEL = "pricealert"


def last_of(app: str) -> str:
    """The newest migration that an app really has."""
    return max(path.stem for path in (ROOT / app / "migrations").glob("0*.py"))


LAST = last_of(APP)

SOURCE = """
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = [({app!r}, {before!r})]
    operations = [
{operations}
    ]
"""
COLUMN = f'migrations.AddField("{MODEL}", "wish", models.TextField(null=True)),'
INDEX = f'AddIndexConcurrently("{MODEL}", models.Index(fields=["created_at"], name="added_index")),'
SLOW = 'migrations.RunSQL("SELECT pg_sleep(60)", migrations.RunSQL.noop),'
BROKEN = 'migrations.RunSQL("SELECT 1 / 0", migrations.RunSQL.noop),'


class Added:
    """A package of migrations in a folder that is on the path."""

    def __init__(self, place: Path, package: str, *, app: str = APP) -> None:
        self.app = app
        self.package = package
        self.place = place
        self.folder = place / package
        shutil.copytree(ROOT / app / "migrations", self.folder, ignore=shutil.ignore_patterns("__pycache__"))
        self.before = last_of(app)
        self.befores: dict[str, str] = {}

    @property
    def modules(self) -> dict[str, str]:
        """For MIGRATION_MODULES."""
        return {self.app: self.package}

    def add(self, name: str, *operations: str, atomic: bool = True) -> str:
        """Write a migration behind the others; its name as an operator reads it."""
        self.befores[name] = self.before
        self.before = name
        self.write(name, *operations, atomic=atomic)
        return f"{self.app}.{name}"

    def write(self, name: str, *operations: str, atomic: bool = True) -> None:
        """Write or write anew what a migration does."""
        text = indent("\n".join(map(dedent, operations)), " " * 8)
        source = SOURCE.format(atomic=atomic, app=self.app, before=self.befores[name], operations=text)
        (self.folder / f"{name}.py").write_text(source)
        self.forget()

    def forget(self) -> None:
        """Have Python read them again."""
        importlib.invalidate_caches()
        for name in [name for name in sys.modules if name.split(".")[0] == self.package]:
            del sys.modules[name]
        shutil.rmtree(self.folder / "__pycache__", ignore_errors=True)
