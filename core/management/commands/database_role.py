"""`manage.py database_role`: what sessions say at their start, as settings of the role, for poolers in between."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection
from psycopg import sql

FOUND_SQL = """
SELECT split_part(line, '=', 1), substr(line, strpos(line, '=') + 1)
  FROM pg_db_role_setting setting
  JOIN pg_roles role ON role.oid = setting.setrole AND role.rolname = current_user
  JOIN pg_database base ON base.datname = current_database() AND setting.setdatabase IN (0, base.oid),
       unnest(setting.setconfig) line
 ORDER BY setting.setdatabase
"""


class Command(BaseCommand):
    """Compares what sessions of our role get with what they should get; `--apply` sets it."""

    help = "Check that the database's role has the settings a pooler in transaction mode needs, or set them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--apply", action="store_true", help="Set them; sessions made from now on have them."
        )
        parser.add_argument("--json", action="store_true", help="Write one line of JSON.")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = settings.DATABASE_ROLE_PARAMETERS
        try:
            if options["apply"]:
                _apply(wanted)
            found = _role_parameters()
        except Error as error:
            raise CommandError(f"The database does not allow it: {str(error).strip()}") from error
        missing = {name: value for name, value in wanted.items() if found.get(name) != value}
        if options["json"]:
            self.stdout.write(json.dumps({"wanted": wanted, "found": found, "missing": missing}))
        else:
            for name, value in wanted.items():
                self.stdout.write(f"{name} = {value}{'' if name not in missing else '   (missing)'}")
        if missing:
            raise CommandError(f"The role lacks {', '.join(sorted(missing))}: run database_role --apply.")


def _apply(parameters: dict[str, str]) -> None:
    """Give the role its settings in this database. A query each."""
    with connection.cursor() as cursor:
        for name, value in parameters.items():
            statement = sql.SQL("ALTER ROLE CURRENT_USER IN DATABASE {} SET {} = {}").format(
                sql.Identifier(str(connection.settings_dict["NAME"])),
                sql.Identifier(name),
                sql.Literal(value),
            )
            cursor.execute(statement.as_string(cursor.connection))


def _role_parameters() -> dict[str, str]:
    """What the role has, in this database before everywhere; names in small letters. One query."""
    with connection.cursor() as cursor:
        cursor.execute(FOUND_SQL)
        return {name.lower(): value for name, value in cursor.fetchall()}
