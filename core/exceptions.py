"""The one family of errors that services raise and pages, API and commands show.

An error carries a machine code, a sentence for people, JSON-safe data and an HTTP status. Every invariant is also a
database constraint; `register_constraint` says which domain error a violated constraint means, and
`translate_integrity_errors` turns the database's refusal into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import psycopg
import psycopg_pool
from django.db import Error as DatabaseError
from django.db import InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from psycopg import errors as pg_errors

LOCK_RETRY_SECONDS = 1
BUSY_ERRORS: tuple[type[psycopg.Error], ...] = (
    pg_errors.LockNotAvailable,
    pg_errors.DeadlockDetected,
    pg_errors.QueryCanceled,
    pg_errors.SerializationFailure,
    psycopg_pool.TooManyRequests,
)


class DomainError(Exception):
    """A refusal that the caller can be told about.

    `code` is stable and machine-readable, `message` is translatable and addressed to people, `data` is JSON-safe and
    addressed to programs. `field` names the input that was wrong, `retry_after` is in seconds. Subclasses set the
    class attributes; an instance may say something more exact.
    """

    code: str = "domain_error"
    http_status: int = 409
    message: str | Promise = _("This cannot be done.")
    retry_after: int | None = None

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        code: str | None = None,
        data: dict[str, Any] | None = None,
        field: str | None = None,
        retry_after: int | None = None,
        http_status: int | None = None,
    ) -> None:
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code
        if http_status is not None:
            self.http_status = http_status
        if retry_after is not None:
            self.retry_after = retry_after
        self.data: dict[str, Any] = data or {}
        self.field = field
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


class Malformed(DomainError):
    """The input cannot be read at all (400)."""

    code = "malformed"
    http_status = 400
    message = _("The request could not be read.")


class ValidationFailed(DomainError):
    """The input can be read and asks for something impossible (422)."""

    code = "invalid"
    http_status = 422
    message = _("Some of the details are not valid.")


class PermissionDenied(DomainError):
    """The actor may not do this (403)."""

    code = "permission_denied"
    http_status = 403
    message = _("You may not do this.")


class NotFound(DomainError):
    """It does not exist, or is not the actor's to see (404)."""

    code = "not_found"
    http_status = 404
    message = _("This could not be found.")


class Conflict(DomainError):
    """The state of things has changed or does not allow it (409)."""

    code = "conflict"
    http_status = 409
    message = _("Somebody else changed this in the meantime. Please look again.")


@dataclass(frozen=True, slots=True)
class Difference:
    """What somebody else made of a value: what it was, what they made of it, what you want, and who that was, when.

    The values are texts for people.
    """

    label: str
    theirs: str
    by: str = ""
    at: datetime | None = None
    was: str = ""
    yours: str = ""


class VersionConflict(Conflict):
    """What was to be changed is not as it was when it was looked at (409); `changes` says what is different."""

    code = "version_conflict"
    message = _(
        "Somebody else has changed this since you opened it. Look at the differences, then save again."
    )

    def __init__(
        self,
        message: str | Promise | None = None,
        *,
        changes: Sequence[Difference] = (),
        field: str | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        self.changes = tuple(changes)
        listed = [asdict(change) | {"at": change.at.isoformat() if change.at else None} for change in changes]
        super().__init__(message, field=field, data={"changes": listed, **(data or {})})


class Unavailable(DomainError):
    """It would work later (503)."""

    code = "unavailable"
    http_status = 503
    message = _("This is not available right now. Please try again in a moment.")
    retry_after = 5


_errors_by_constraint: dict[str, type[DomainError]] = {}


def register_constraint(name: str, error: type[DomainError]) -> None:
    """Say which domain error a violation of the database constraint `name` means.

    Raises `ValueError` if another error was registered for it.
    """
    known = _errors_by_constraint.setdefault(name, error)
    if known is not error:
        raise ValueError(f"constraint {name} is already registered for {known.__name__}")


def constraint_error_class(name: str | None) -> type[DomainError] | None:
    """The domain error registered for a constraint name, if any."""
    return _errors_by_constraint.get(name or "")


def domain_error_from(error: BaseException) -> DomainError | None:
    """The domain error that a database error means, or None if it means a defect of ours.

    A registered constraint gives its error; a lock that could not be had in time, a deadlock, a serialization failure
    and a full queue for connections give `Unavailable(code="busy")`.
    """
    for cause in _causes(error):
        if isinstance(cause, pg_errors.IntegrityError):
            error_class = constraint_error_class(cause.diag.constraint_name)
            return error_class() if error_class else None
        if isinstance(cause, BUSY_ERRORS):
            return Unavailable(
                _("Many people are booking at this moment. Please try again."),
                code="busy",
                retry_after=LOCK_RETRY_SECONDS,
            )
    return None


def unavailable_from(error: BaseException) -> DomainError | None:
    """As `domain_error_from`; and `Unavailable` when the database is away or gave no connection in time."""
    if not isinstance(error, DatabaseError):
        return None
    domain_error = domain_error_from(error)
    if domain_error is None and isinstance(error, (OperationalError, InterfaceError)):
        return Unavailable(code="database_unavailable")
    return domain_error


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


@contextmanager
def translate_integrity_errors() -> Iterator[None]:
    """Raise the registered domain error instead of the database's refusal. Context manager and decorator.

    It stands outside the `atomic` block, because deferred constraints speak at commit. What is not registered passes
    unchanged: it is a defect, and is reported as one.
    """
    try:
        yield
    except DatabaseError as error:
        domain_error = domain_error_from(error)
        if domain_error is None:
            raise
        raise domain_error from error
