"""One upgrade from the checks to the report, and the way back."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from types import FrameType
from typing import Any

from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from core.backups.creating import backup_create
from core.backups.errors import BackupError

from .applying import Applied, Applier
from .checks import Check, Verdict, checks_run, long_sessions
from .errors import UpgradeError, UpgradeInterrupted
from .journal import Entry, EntryState, Journal
from .limits import Limits, limited
from .locking import upgrade_lock
from .returning import way_back
from .schema import Schema, name_of, node_of, schema_look, state_before
from .telling import failure_told
from .warming import caches_warm

ERROR_LENGTH = 2_000
Tell = Callable[[str], None]


@dataclass
class Report:
    """What an upgrade did. ``back`` is the command that goes back, where there is something to go back from."""

    state: str = "checked"
    checks: list[Check] = field(default_factory=list)
    backup: str = ""
    pending: list[str] = field(default_factory=list)
    applied: list[Applied] = field(default_factory=list)
    warmed: int = 0
    told: list[str] = field(default_factory=list)
    back: str = ""

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)


def upgrade_check(report: Report, *, connection: BaseDatabaseWrapper, backup: bool) -> Schema:
    """Look at everything and write nothing. Raises `UpgradeError` where an upgrade may not begin."""
    schema = schema_look(connection)
    report.checks = checks_run(connection, schema, backup=backup)
    report.pending = [name_of(migration) for migration in schema.pending]
    failed = [check for check in report.checks if check.verdict == Verdict.FAILED]
    if failed:
        report.state = "refused"
        reasons = " ".join(check.text.rstrip(".") + "." for check in failed)
        raise UpgradeError(f"{reasons} Nothing was changed.")
    return schema


def upgrade_run(
    report: Report, *, backup: bool, limits: Limits, tell: Tell, using: str = DEFAULT_DB_ALIAS
) -> None:
    """Check, back up, migrate, verify, warm the caches. Raises `UpgradeError` that says how the database is left."""
    connection = connections[using]
    with upgrade_lock(connection), _stopped_by_signals():
        schema = upgrade_check(report, connection=connection, backup=backup)
        if schema.pending:
            _migrate(report, connection, schema, backup=backup, limits=limits, tell=tell)
        _verify(report, connection)
        tell("Warming the caches")
        report.warmed, cold = caches_warm()
        report.told += [f"Not warmed: {text}" for text in cold]
        report.state = "done" if schema.pending else "nothing to do"


def _migrate(
    report: Report,
    connection: BaseDatabaseWrapper,
    schema: Schema,
    *,
    backup: bool,
    limits: Limits,
    tell: Tell,
) -> None:
    entry = _entry(connection, schema)
    journal = Journal(connection)
    report.backup = entry.backup
    if backup and not schema.is_empty and not entry.backup:
        tell("Making a backup")
        report.backup = _backup(journal, entry)
        journal.note(entry.id, backup=report.backup)
    applier = Applier(connection, entry=entry.id, limits=limits, tell=tell)
    report.applied = applier.done
    try:
        with limited(connection, limits):
            _announce(connection, schema)
            applier.forwards(list(schema.pending), half=schema.half_done)
            journal.end(entry.id, EntryState.DONE)
            emit_post_migrate_signal(
                verbosity=0, interactive=False, db=connection.alias, apps=_models(connection)
            )
    except (Exception, KeyboardInterrupt) as error:
        raise _failed(report, connection, entry.id, error, limits) from error
    report.back = f"python manage.py upgrade --back {entry.id}"


def _entry(connection: BaseDatabaseWrapper, schema: Schema) -> Entry:
    """The line of the journal: that of an upgrade which did not come to its end, as long as anything of it is there."""
    journal = Journal(connection)
    pending = [node_of(migration) for migration in schema.pending]
    last = schema.entry
    if (
        last is not None
        and last.state in (EntryState.RUNNING, EntryState.FAILED)
        and way_back(connection, last).is_needed
    ):
        planned = [*last.planned, *(node for node in pending if node not in last.planned)]
        journal.note(last.id, planned=planned, state=EntryState.RUNNING.value, error="")
        number = last.id
    else:
        number = journal.begin(pending)
    entry = journal.get(number)
    assert entry is not None
    return entry


def _backup(journal: Journal, entry: Entry) -> str:
    try:
        return backup_create(kind="pre-migration", wait_seconds=60).name
    except (BackupError, KeyboardInterrupt, UpgradeInterrupted) as error:
        reason = str(error) or "it was interrupted"
        journal.end(entry.id, EntryState.FAILED, reason)
        raise UpgradeError(f"There is no backup: {reason.rstrip('.')}. Nothing was changed.") from error


def _announce(connection: BaseDatabaseWrapper, schema: Schema) -> None:
    """Tell the apps, as `migrate` does, before anything is applied."""
    state = state_before(MigrationExecutor(connection), schema.pending[0])
    plan = [(migration, False) for migration in schema.pending]
    emit_pre_migrate_signal(verbosity=0, interactive=False, db=connection.alias, apps=state.apps, plan=plan)


def _models(connection: BaseDatabaseWrapper) -> Any:
    """The models as all applied migrations make them."""
    loader = MigrationExecutor(connection).loader
    return loader.project_state(loader.graph.leaf_nodes()).apps


def _failed(
    report: Report, connection: BaseDatabaseWrapper, number: int, error: BaseException, limits: Limits
) -> UpgradeError:
    """Look at what is left, write it down, and say it with the way back."""
    report.state = "failed"
    reason = _reason(error)
    try:
        connection.close()
        Journal(connection).end(number, EntryState.FAILED, reason[:ERROR_LENGTH])
        others = long_sessions(connection, limits.lock_seconds)
        told = failure_told(connection, number, reason=reason, others=others)
    except Error as away:
        return UpgradeError(
            f"{reason}. The database cannot be asked what is left ({_reason(away)}): when it is there again, "
            "manage.py upgrade --dry-run tells, and gives the way back."
        )
    report.back = told.command
    return UpgradeError(str(told))


def _reason(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt | UpgradeInterrupted):
        return "It was interrupted"
    text = " ".join(str(error).split()) or type(error).__name__
    return text.rstrip(".")


def _verify(report: Report, connection: BaseDatabaseWrapper) -> None:
    """Everything applied, no index half built, no error in the code. Raises `UpgradeError`."""
    schema = schema_look(connection)
    wrong = [f"{name_of(migration)} is not applied" for migration in schema.pending]
    wrong += [f"{name} of {table} is not whole" for name, table in schema.indexes]
    if schema.half_done is not None:
        wrong.append(str(schema.half_done))
    if wrong:
        report.state = "failed"
        raise UpgradeError(
            f"The schema is not as it should be: {'; '.join(wrong)}. {report.back and f'Back: {report.back}'}"
        )


def upgrade_back(
    report: Report,
    number: int,
    *,
    dry_run: bool,
    discard: bool,
    limits: Limits,
    tell: Tell,
    using: str = DEFAULT_DB_ALIAS,
) -> None:
    """Have the schema again that was there before an upgrade. Raises `UpgradeError`, which says what goes instead.

    ``discard`` gives up what was written since into tables and columns that go; a backup is made before.
    """
    connection = connections[using]
    with upgrade_lock(connection), _stopped_by_signals():
        entry = Journal(connection).get(number)
        if entry is None:
            raise UpgradeError(f"There was no upgrade {number}. Nothing was changed.")
        way = way_back(connection, entry)
        report.backup = entry.backup
        report.pending = [name_of(migration) for migration in way.migrations]
        restore = f" The way back is: python manage.py backup_restore {entry.backup}" if entry.backup else ""
        if way.obstacles:
            raise UpgradeError(f"Not without loss: {'; '.join(way.obstacles)}. Nothing was changed.{restore}")
        if way.losses and not discard:
            raise UpgradeError(
                f"{', '.join(way.losses)} would be lost: written since the upgrade. --discard-new gives that up. "
                "Nothing was changed."
            )
        if dry_run:
            report.state = "would go back" if way.is_needed else "nothing to do"
            return
        if way.losses:
            tell("Making a backup")
            report.backup = _backup(Journal(connection), entry)
        _go_back(report, connection, entry, limits=limits, tell=tell)


def _go_back(
    report: Report, connection: BaseDatabaseWrapper, entry: Entry, *, limits: Limits, tell: Tell
) -> None:
    way = way_back(connection, entry)
    applier = Applier(connection, entry=entry.id, limits=limits, tell=tell)
    report.applied = applier.done
    try:
        with limited(connection, limits):
            applier.backwards(list(way.migrations), half=way.half)
            Journal(connection).end(entry.id, EntryState.TAKEN_BACK)
    except (Exception, KeyboardInterrupt) as error:
        raise _failed(report, connection, entry.id, error, limits) from error
    schema = schema_look(connection)
    left = [f"{label}.{name}" for label, name in entry.planned if (label, name) in schema.applied]
    left += [f"{name} of {table}" for name, table in schema.indexes]
    if left:
        raise UpgradeError(f"Still there after going back: {', '.join(left)}.")
    report.state = "taken back"


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """SIGTERM ends an upgrade as Ctrl-C does: with the truth about what is left."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise UpgradeInterrupted("It was told to stop")

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
