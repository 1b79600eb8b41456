"""Whether the code knows a backup's schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.migrations.loader import MigrationLoader


def migrations_unknown(applied: Mapping[str, Sequence[str]]) -> list[str]:
    """Those that this code does not have, as `app.name`; apps that it does not have count too. No query."""
    loader = MigrationLoader(None)
    replaced = {key for migration in loader.disk_migrations.values() for key in migration.replaces}
    known = {*loader.disk_migrations, *replaced}
    return sorted(
        f"{app}.{name}" for app, names in applied.items() for name in names if (app, name) not in known
    )


def migrations_missing(applied: Mapping[str, Sequence[str]]) -> list[str]:
    """Those of this code that the backup does not have: it is older, and is migrated once restored. No query."""
    loader = MigrationLoader(None)
    have = {(app, name) for app, names in applied.items() for name in names}
    return sorted(
        f"{app}.{name}"
        for (app, name), migration in loader.disk_migrations.items()
        if (app, name) not in have
        and not (migration.replaces and set(map(tuple, migration.replaces)) <= have)
    )
