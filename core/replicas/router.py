"""Django's question where a query goes. Who someone is and what they may do is always read from the primary."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from core.replicas.reading import read_alias

APPS = frozenset({"inventory", "bookings", "payments", "waitlist", "reports"})
"""Whose rows may come from a copy; not sessions, users, roles, tokens or the outbox."""


class ReplicaRouter:
    """Everything is written to the primary; a copy only answers what `core.replicas.reading` lets it answer."""

    def db_for_read(self, model: type[Model], **_hints: Any) -> str:
        return read_alias() if model._meta.app_label in APPS else DEFAULT_DB_ALIAS

    def db_for_write(self, model: type[Model], **_hints: Any) -> str:
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Model, other: Model, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **_hints: Any) -> bool:
        return db == DEFAULT_DB_ALIAS
