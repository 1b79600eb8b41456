"""Bring the database up to date and, when it is empty, fill it with the demo.

One process for all of it, because starting Django is what takes the time.
"""

import sys

import django
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def prepare() -> None:
    """Apply what migrations are missing, and load the demo when there is no property."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("Bringing the database up to date ...", flush=True)
        call_command("migrate", interactive=False, verbosity=0)

    from inventory.models import Property

    if not Property.objects.exists():
        print("Loading the demo ...", flush=True)
        call_command("load_demo", if_empty=True)


if __name__ == "__main__":
    django.setup()
    try:
        prepare()
    except CommandError as error:
        sys.exit(str(error))
