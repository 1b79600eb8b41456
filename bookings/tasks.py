"""Scheduled work; each may run twice or at the same time as another."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core.schedule import crontab, scheduled_job
from payments import services as payments
from payments.types import ReconcileReport

from . import services
from .services import groups, guest_profiles, scheduled, spaces
from .types import BookingsReconcileReport


@scheduled_job("bookings.holds_expire", every=60, label=_("let holds expire"))
def holds_expire(*, at: datetime | None = None) -> int:
    """Let holds and waiting changes expire whose time is over; how many."""
    return services.holds_expire(at=at) + services.changes_expire(at=at)


@scheduled_job("bookings.payments_reconcile", every=300, label=_("reconcile payments"))
def payments_reconcile(*, at: datetime | None = None) -> dict[str, int]:
    """Repair what missed events left behind: first the payments, then their bookings."""
    paid, booked = payments.payments_reconcile(at=at), services.bookings_reconcile(at=at)
    booked.confirmed += spaces.space_folios_reconcile(at=at)
    return reconcile_result(paid, booked)


def reconcile_result(paid: ReconcileReport, booked: BookingsReconcileReport) -> dict[str, int]:
    """What a reconciliation leaves in the job's record."""
    return {
        "payments_checked": paid.payments_checked,
        "payments_settled": paid.payments_settled,
        "payments_cancelled": paid.payments_cancelled,
        "refunds_executed": paid.refunds_executed,
        "events_processed": paid.events_processed,
        "bookings_confirmed": len(booked.confirmed),
        "bookings_refunded": len(booked.refunded),
        "not_settled": len(paid.errors) + len(booked.errors),
    }


@scheduled_job("bookings.spaces_tend", every=60, label=_("look after bookings of spaces"))
def spaces_tend(*, at: datetime | None = None) -> dict[str, int]:
    """Let requests expire, give back what nobody came for, end what is over, remind; how many of each."""
    return asdict(spaces.spaces_tend(at=at))


@scheduled_job("bookings.no_shows_mark", every=900, label=_("mark no-shows"))
def no_shows_mark(*, at: datetime | None = None) -> int:
    """Mark guests who have not come, by their property's clock; how many."""
    return scheduled.no_shows_mark(at=at)


@scheduled_job("bookings.groups_release", every=300, label=_("release rooms of groups"))
def groups_release(*, at: datetime | None = None) -> int:
    """Put rooms that groups have not picked up back on sale once their release date has come; how many groups."""
    return groups.groups_release(at=at)


@scheduled_job("bookings.pre_arrival_mails_send", every=900, label=_("write before arrivals"))
def pre_arrival_mails_send(*, at: datetime | None = None) -> int:
    """Write to guests whose arrival is near; how many."""
    return scheduled.pre_arrival_mails_send(at=at)


@scheduled_job("bookings.thank_you_mails_send", every=900, label=_("thank for stays"))
def thank_you_mails_send(*, at: datetime | None = None) -> int:
    """Thank guests who have left and ask for a review; how many."""
    return scheduled.thank_you_mails_send(at=at)


@scheduled_job("bookings.staff_digests_send", every=900, label=_("send daily overviews"))
def staff_digests_send(*, at: datetime | None = None) -> int:
    """Send staff the overview of the day, in the morning of their property; how many properties."""
    return scheduled.staff_digests_send(at=at)


@scheduled_job("bookings.calendar_troubles_report", every=600, label=_("report calendar conflicts"))
def calendar_troubles_report(*, at: datetime | None = None) -> int:
    """Tell staff what calendars of other channels could not do and nobody has told them; how many calendars."""
    return scheduled.calendar_troubles_report(at=at)


@scheduled_job("bookings.guests_link", every=60, label=_("give stays their guests"))
def guests_link(*, at: datetime | None = None) -> int:
    """Give sold stays the profile of their guest; how many stays."""
    return guest_profiles.guests_link(at=at)


@scheduled_job(
    "bookings.inventory_check", crontab=crontab(hour="2", minute="20"), label=_("prove the inventory")
)
def inventory_check(*, at: datetime | None = None) -> int:
    """Compare every night with its bookings and blocks, every night; how many nights. Fails if any differs."""
    return scheduled.inventory_check_nightly(at=at)


@scheduled_job(
    "bookings.registrations_forget",
    crontab=crontab(hour="3", minute="10"),
    label=_("forget registration cards"),
)
def registrations_forget(*, at: datetime | None = None) -> int:
    """Delete registration cards that have been kept as long as the law wants; how many."""
    return services.registrations_forget(at=at)


@scheduled_job("bookings.rooms_assign", crontab=crontab(hour="1", minute="40"), label=_("assign rooms"))
def rooms_assign(*, at: datetime | None = None) -> dict[str, int]:
    """Give the stays of the coming days their rooms, every night; how many got one and how many could not."""
    return scheduled.rooms_assign_nightly(at=at).figures()
