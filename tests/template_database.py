"""Under xdist the schema is built once; every worker's database is a copy of it, made in a second.

The controller begins while the workers still collect, in a thread. Whoever needs it first waits for the lock and builds
it when nobody has: so a failure is told by a worker's test and not lost in the thread.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.concurrency.crowd import ROOT, database_url

PREFIX = "vacancy_template_"


class TemplateNotBuilt(Exception):
    """The migrations failed, with what they said."""


def template_ensure(name: str) -> None:
    """Build the schema in the database `name` unless it is there; waits for whoever builds it now."""
    with Path(tempfile.gettempdir(), f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _execute("SELECT FROM pg_database WHERE datname = %s", name):
            _build(name)


def _build(name: str) -> None:
    """Migrate under another name first, so that what was interrupted is never copied."""
    partial = f"{name}_partial"
    _execute(f"DROP DATABASE IF EXISTS {partial} WITH (FORCE)")
    _execute(f"CREATE DATABASE {partial}")
    migration = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--run-syncdb", "--verbosity", "0"],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "config.settings.test", "DATABASE_URL": database_url(partial)},
        capture_output=True,
        text=True,
        check=False,
    )
    if migration.returncode != 0:
        raise TemplateNotBuilt(migration.stderr)
    _execute(f"ALTER DATABASE {partial} RENAME TO {name}")


def _execute(sql: str, *parameters: str) -> int:
    """Run it outside every database of ours and tell the number of rows; pytest-django guards Django's connections."""
    server = connection.settings_dict
    with psycopg.connect(
        dbname="postgres",
        user=server["USER"] or None,
        password=server["PASSWORD"] or None,
        host=server["HOST"] or None,
        port=server["PORT"] or None,
        autocommit=True,
    ) as outside:
        return outside.execute(sql, parameters).rowcount


def _copied(config: Any) -> bool:
    """Whether the databases of this run are copies; one that is used again already has its schema."""
    return not config.getoption("reuse_db") or config.getoption("create_db")


class Controller:
    """What the process does that starts the workers."""

    def __init__(self) -> None:
        self.name = f"{PREFIX}{os.getpid()}_{os.urandom(4).hex()}"
        self.builder = threading.Thread(target=self._begin, daemon=True)

    def _begin(self) -> None:
        try:
            template_ensure(self.name)
        except TemplateNotBuilt:
            return  # the first worker that needs it tries again, and tells

    @pytest.hookimpl
    def pytest_sessionstart(self) -> None:
        self.builder.start()

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput["template_database"] = self.name

    @pytest.hookimpl
    def pytest_sessionfinish(self) -> None:
        self.builder.join()
        for name in (self.name, f"{self.name}_partial"):
            _execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        Path(tempfile.gettempdir(), f"{self.name}.lock").unlink(missing_ok=True)


def pytest_configure(config: Any) -> None:
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput") and _copied(config):
        config.pluginmanager.register(Controller(), "template_database_controller")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Have pytest-django copy the template instead of migrating."""
    name = getattr(request.config, "workerinput", {}).get("template_database")
    if name is None:
        return
    template_ensure(name)
    connection.settings_dict["TEST"]["TEMPLATE"] = name
    connection.creation.create_test_db = _copy  # type: ignore[method-assign]


def _copy(
    verbosity: int = 1, autoclobber: bool = False, serialize: bool = False, keepdb: bool = False
) -> str:
    """What Django does to create a test database, but for the migrations."""
    assert not serialize
    name = connection.creation._get_test_db_name()  # type: ignore[attr-defined]
    connection.creation._create_test_db(verbosity, autoclobber, keepdb)  # type: ignore[attr-defined]
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
    connection.ensure_connection()
    return str(name)
