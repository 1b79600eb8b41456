"""The shared folio of a group: rooms and taxes of its bookings stand there, extras in the guests' own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from accounts.models import User
from bookings.models import Booking, Group
from payments.models import Folio
from payments.selectors import entries_movable, entries_moved_from
from payments.services import entries_move_write, folios_lock_pair


@contextmanager
def charges_at_home(booking: Booking, *, actor: User | None) -> Iterator[None]:
    """Work on what a stay was charged: a group's folio gives its charges back before and takes what is left after.

    Inside the caller's transaction, the booking locked; locks its folio and the group's. Nothing for other bookings.
    """
    shared = _shared_folio_id(booking)
    if shared is None:
        yield
        return
    own, group = folios_lock_pair(source_id=booking.folio_id, target_id=shared)
    _give_back(own, group, actor=actor)
    yield
    _take(own, group, actor=actor)


def charges_to_group(booking: Booking, *, actor: User | None) -> None:
    """Move what a stay was charged for rooms and taxes to its group's folio, where the group has one."""
    shared = _shared_folio_id(booking)
    if shared is not None:
        own, group = folios_lock_pair(source_id=booking.folio_id, target_id=shared)
        _take(own, group, actor=actor)


def is_charged_to_group(booking: Booking) -> bool:
    """Whether the stay's rooms and taxes are charged to its group. One query, none for other bookings."""
    return _shared_folio_id(booking) is not None


def _shared_folio_id(booking: Booking) -> int | None:
    if booking.group_id is None:
        return None
    return (
        Group.objects.filter(pk=booking.group_id, shared_folio=True)
        .values_list("folio_id", flat=True)
        .first()
    )


def _take(own: Folio, group: Folio, *, actor: User | None) -> None:
    ids = entries_movable(folio_id=own.pk, target_id=group.pk)
    if ids:
        entries_move_write(source=own, target=group, entry_ids=ids, actor=actor)


def _give_back(own: Folio, group: Folio, *, actor: User | None) -> None:
    ids = entries_moved_from(folio_id=group.pk, source_id=own.pk)
    if ids:
        entries_move_write(source=group, target=own, entry_ids=ids, actor=actor, may_be_invoiced=True)
