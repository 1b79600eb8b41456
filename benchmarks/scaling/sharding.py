"""What a sharded PostgreSQL (Citus, by property) would ask of each table, read from the models.

Citus wants the distribution column in every distributed table, in each of its primary keys, unique and exclusion
constraints, and in foreign keys between distributed tables. Reference tables are copied to every node; a distributed
table may point at one, never the other way (https://docs.citusdata.com: "Creating and Modifying Distributed Objects").
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db.models import ForeignKey, Model, UniqueConstraint

OURS = ("core", "accounts", "inventory", "payments", "notifications", "bookings", "waitlist", "reports")
PROPERTY = "inventory.Property"


@dataclass(frozen=True, slots=True)
class Placement:
    """A table: whether it has the column, how it comes to one, and what would have to be changed."""

    table: str
    has_column: bool
    path: tuple[str, ...]
    """The fields that lead to a property; empty where none do."""
    keys: tuple[str, ...]
    """Keys and constraints that lack the column."""
    references: tuple[str, ...]
    """Foreign keys to other tables that belong to a property, which would need the column beside them."""


def placements() -> list[Placement]:
    """Every table of ours."""
    models = [model for model in apps.get_models() if _is_ours(model)]
    paths = {model: path_to_property(model) for model in models}
    belonging = {model for model, path in paths.items() if path}
    return [
        Placement(
            model._meta.db_table,
            _has_column(model),
            paths[model],
            tuple(_keys_without(model)) if model in belonging else (),
            tuple(_references(model, belonging)) if model in belonging else (),
        )
        for model in sorted(models, key=lambda model: model._meta.db_table)
    ]


def path_to_property(model: type[Model]) -> tuple[str, ...]:
    """The shortest way along foreign keys that are never null, else along any; empty where there is none."""
    target = apps.get_model(PROPERTY)
    if model is target:
        return ("id",)
    return _path(model, target, may_be_null=False) or _path(model, target, may_be_null=True)


def _path(model: type[Model], target: type[Model], *, may_be_null: bool) -> tuple[str, ...]:
    waiting: deque[tuple[type[Model], tuple[str, ...]]] = deque([(model, ())])
    seen = {model}
    while waiting:
        here, path = waiting.popleft()
        for field in _foreign_keys(here, may_be_null=may_be_null):
            there = field.related_model
            if there is target:
                return (*path, field.name)
            if isinstance(there, type) and there not in seen and _is_ours(there):
                seen.add(there)
                waiting.append((there, (*path, field.name)))
    return ()


def _foreign_keys(model: type[Model], *, may_be_null: bool) -> Iterator[ForeignKey]:
    for field in model._meta.concrete_fields:
        if isinstance(field, ForeignKey) and (may_be_null or not field.null):
            yield field


def _is_ours(model: type[Model]) -> bool:
    """Tables of our apps; what is a view of another model, or only known to the log, is none."""
    meta = model._meta
    return meta.app_label in OURS and meta.managed and not meta.proxy


def _has_column(model: type[Model]) -> bool:
    return model is apps.get_model(PROPERTY) or any(
        field.column == "property_id" for field in model._meta.concrete_fields
    )


def _keys_without(model: type[Model]) -> Iterator[str]:
    if model is apps.get_model(PROPERTY):
        return
    meta = model._meta
    for field in meta.concrete_fields:
        if field.unique and field.column and field.column != "property_id":
            yield field.column
    yield from (",".join(group) for group in meta.unique_together if "property" not in group)
    for constraint in meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            expressions = " ".join(map(str, constraint.expressions))
            if "property" not in constraint.fields and "property" not in expressions:
                yield constraint.name
        elif isinstance(constraint, ExclusionConstraint) and "property" not in str(constraint.expressions):
            yield constraint.name


def _references(model: type[Model], belonging: set[type[Model]]) -> Iterator[str]:
    target = apps.get_model(PROPERTY)
    for field in _foreign_keys(model, may_be_null=True):
        if field.related_model in belonging and field.related_model is not target:
            yield field.column


MAIN = (
    "inventory_property",
    "inventory_roomtype",
    "inventory_roominventory",
    "inventory_rate",
    "bookings_booking",
    "bookings_bookingnight",
    "bookings_roomassignment",
    "bookings_guest",
    "bookings_trip",
    "payments_folio",
    "payments_folioentry",
    "payments_payment",
    "payments_invoice",
    "notifications_domainevent",
    "notifications_notification",
    "waitlist_waitlistentry",
    "reports_dailystat",
    "core_effect",
    "core_auditentry",
    "core_idempotencykey",
    "accounts_user",
    "accounts_propertystaff",
    "inventory_amenity",
)
"""The tables that docs/scaling.md shows; `python -m benchmarks.scaling --tables` lists all."""


def sharding_table(*, every: bool = False) -> str:
    """What each table would need, as Markdown."""
    lines = [
        "| table | comes to its property by | keys without it | foreign keys without it |",
        "|---|---|---|---|",
    ]
    for placement in placements():
        if every or placement.table in MAIN:
            cells = (
                f"`{placement.table}`",
                _place(placement),
                ", ".join(f"`{key}`" for key in placement.keys) or "-",
                ", ".join(f"`{column}`" for column in placement.references) or "-",
            )
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _place(placement: Placement) -> str:
    if placement.has_column:
        return "a column of its own" if placement.path else "its number, without a foreign key"
    return f"`{'.'.join(placement.path)}`" if placement.path else "nothing"
