"""Cache bumps of single writes. Bulk writes send no signals: services bump for them themselves."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete

from .cache import availability_changed, catalogue_changed, special_days_changed
from .models import (
    Amenity,
    BookingRule,
    CancellationPolicy,
    CancellationTier,
    DepositPolicy,
    Equipment,
    InventoryBlock,
    OccupancyPrice,
    Property,
    PropertyPhoto,
    Rate,
    RatePlan,
    Restriction,
    RoomInventory,
    RoomType,
    RoomTypePhoto,
    Space,
    SpacePhoto,
    SpacePrice,
    SpecialDay,
    Tax,
)
from .services.calendars.fetching import conflicts_retry_enqueue
from .signals import nights_freed

CATALOGUE_MODELS: tuple[type[Model], ...] = (
    Property,
    PropertyPhoto,
    RoomType,
    RoomTypePhoto,
    OccupancyPrice,
    RatePlan,
    DepositPolicy,
    CancellationPolicy,
    CancellationTier,
    BookingRule,
    Restriction,
    Tax,
    Space,
    SpacePhoto,
    SpacePrice,
    Equipment,
)
AVAILABILITY_MODELS: tuple[type[Model], ...] = (RoomInventory, InventoryBlock, Rate)
CATALOGUE_RELATIONS: tuple[Any, ...] = (
    Property.amenities.through,
    RoomType.amenities.through,
    RatePlan.room_types.through,
    Space.equipment.through,
)


def connect() -> None:
    """Connect every receiver; called when the app is ready."""
    for signal in (post_save, post_delete):
        for model in CATALOGUE_MODELS:
            signal.connect(catalogue_row_written, sender=model, dispatch_uid="inventory.catalogue")
        for model in AVAILABILITY_MODELS:
            signal.connect(availability_row_written, sender=model, dispatch_uid="inventory.availability")
        signal.connect(special_day_written, sender=SpecialDay, dispatch_uid="inventory.special_days")
    for signal in (post_save, pre_delete):  # after its deletion nobody has it any more
        signal.connect(amenity_written, sender=Amenity, dispatch_uid="inventory.amenities")
    for through in CATALOGUE_RELATIONS:
        m2m_changed.connect(catalogue_relation_changed, sender=through, dispatch_uid="inventory.relations")
    nights_freed.connect(nights_freed_retries_conflicts, dispatch_uid="inventory.calendar_conflicts")


def catalogue_row_written(*, instance: Model, **_kwargs: Any) -> None:
    """A row of a catalogue was written."""
    property_id = _property_id(instance)
    if property_id is not None:
        catalogue_changed(property_id=property_id)


def availability_row_written(*, instance: Model, **_kwargs: Any) -> None:
    """A night, a block or a rate was written."""
    property_id = _property_id(instance)
    if property_id is not None:
        availability_changed(property_id=property_id)


def special_day_written(*, instance: SpecialDay, **_kwargs: Any) -> None:
    """A special day was written."""
    special_days_changed(property_id=instance.property_id)


def amenity_written(*, instance: Amenity, **_kwargs: Any) -> None:
    """An amenity was written: everything that shows it is outdated."""
    owners = set(instance.properties.values_list("id", flat=True))
    owners |= set(instance.room_types.values_list("property_id", flat=True))
    for property_id in owners:
        catalogue_changed(property_id=property_id)


def catalogue_relation_changed(
    *, instance: Model, action: str, model: type[Model], pk_set: set[int] | None, **_kwargs: Any
) -> None:
    """Amenities or the room types of a plan were added or taken away, from either side."""
    if action not in ("post_add", "post_remove", "pre_clear"):
        return
    if not isinstance(instance, Amenity):
        catalogue_row_written(instance=instance)
    elif pk_set is None:
        amenity_written(instance=instance)
    else:
        for owner in model._default_manager.filter(pk__in=pk_set):
            catalogue_row_written(instance=owner)


def nights_freed_retries_conflicts(*, room_type_id: int, **_kwargs: Any) -> None:
    """Outside events that found no room may now; what is missed here the next import finds. One query, or two."""
    conflicts_retry_enqueue(room_type_id=room_type_id)


def _property_id(instance: Model) -> int | None:
    """The property a row belongs to; a query at most, none if its parent is loaded."""
    if isinstance(instance, Property):
        return instance.pk
    parents: tuple[tuple[str, type[Any]], ...] = (
        ("room_type", RoomType),
        ("policy", CancellationPolicy),
        ("space", Space),
    )
    for parent, model in parents:
        if getattr(instance, "property_id", None) is not None or not hasattr(instance, f"{parent}_id"):
            continue
        loaded = instance._state.fields_cache.get(parent)
        if loaded is not None:
            return loaded.property_id
        rows = model._default_manager.filter(pk=getattr(instance, f"{parent}_id"))
        return rows.values_list("property_id", flat=True).first()
    return getattr(instance, "property_id", None)
