"""Bring the database up to date and, when it is empty, fill it with the demo.

One process for all of it, because starting Django is what takes the time.
"""

import sys

import django
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from config.starting import settings_load
from core.management.failing import failures_told


def prepare() -> None:
    """Apply what migrations are missing, and load the demo when there is nothing else, or only a part of it."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Bringing the database up to date ...", flush=True)
        call_command("migrate", interactive=False, verbosity=0)

    # Also goes on with a demo that an earlier run was stopped in, and is done at once when there is nothing to do.
    call_command("load_demo", if_empty=True)


if __name__ == "__main__":
    settings_load()
    django.setup()
    with failures_told(sys.argv):
        try:
            prepare()
        except CommandError as error:
            sys.exit(str(error))
