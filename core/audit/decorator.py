"""Which models are audited, and how."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import pgtrigger
from django.db import models

from .triggers import DeletedRows, InsertedRows, TruncatedTable, UpdatedRow, UpdatedRows

ModelT = TypeVar("ModelT", bound=type[models.Model])


@dataclass(frozen=True, slots=True)
class AuditSpec:
    """What `audited` was told of one model; names are columns, but for the paths, parent, together and named_with."""

    property_path: str = ""
    parent: str = ""
    exclude: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    together: str = ""
    keys: tuple[str, ...] = ()
    named_with: tuple[str, ...] = ()
    summed_up: bool = False


_specs: dict[str, AuditSpec] = {}


def audited(
    *,
    property_path: str = "",
    parent: str = "",
    exclude: Sequence[str] = (),
    secrets: Sequence[str] = (),
    only: Sequence[str] = (),
    together: str = "",
    keys: Sequence[str] = (),
    named_with: Sequence[str] = (),
    summed_up: bool = False,
) -> Callable[[ModelT], ModelT]:
    """Have the database write every change of a model's rows into the log. See the package for what is what."""
    spec = AuditSpec(
        property_path,
        parent,
        tuple(exclude),
        tuple(secrets),
        tuple(only),
        together,
        tuple(keys),
        tuple(named_with),
        summed_up,
    )

    def decorate(model: ModelT) -> ModelT:
        _specs[model._meta.label_lower] = spec
        updated = UpdatedRow(spec) if spec.only else UpdatedRows(spec)
        pgtrigger.register(InsertedRows(spec), updated, DeletedRows(spec), TruncatedTable(spec))(model)
        return model

    return decorate


def audit_spec(label: str) -> AuditSpec | None:
    """How a model (``app.model``) is audited, if it is."""
    return _specs.get(label)


def audited_models() -> list[str]:
    """Every audited model (``app.model``)."""
    return sorted(_specs)
