"""Indexes of work that is done later, of the log, backups, consents and exports, each with what reads by it."""

from __future__ import annotations

from datetime import timedelta

from accounts.models import User
from accounts.selectors import consents_of
from bookings.models import Booking
from core.audit.sealing import entries_seal
from core.audit.selectors import LogFilter, audit_for, audit_page
from core.backups.overview import backups_overview
from core.idempotency import idempotency_keys_expired
from core.models import Effect, Queue
from core.outbox.claiming import effects_claim, effects_recover
from core.outbox.redriving import effects_dead, effects_prune
from reports.selectors.arrivals import arrivals
from reports.selectors.exports import exports_of
from reports.services.exporting import exports_delete_old
from reports.services.scheduling import schedules_send
from reports.types import Period, Scope
from tests.performance.proving import Proofs

PROOFS: Proofs = {
    "idempotency_key_expires": lambda world: idempotency_keys_expired(at=world.at),
    "effect_due": lambda world: effects_claim(queue=Queue.EMAIL, at=world.at, limit=50),
    "effect_order": lambda world: effects_claim(queue=Queue.EMAIL, at=world.at, limit=50),
    "effect_held": lambda world: effects_recover(at=world.at),
    "effect_over": lambda world: effects_prune(at=world.at, batch_rows=100),
    "audit_entry_object": lambda world: audit_for(Booking(pk=77), is_own_only=True),
    "audit_entry_parent": lambda world: audit_for(Booking(pk=77)),
    "audit_entry_property": lambda world: audit_page(LogFilter(property_ids=[world.house])),
    "audit_entry_user": lambda world: audit_page(LogFilter(user_ids=[world.user])),
    "audit_entry_request": lambda world: audit_page(LogFilter(request_id="request-78")),
    "export_owner": lambda world: list(exports_of(user=User(pk=world.user))[:20]),
    "audit_entry_order": lambda world: entries_seal(),
    "effect_dead": lambda world: list(effects_dead()[:20]),
    "effect_property": lambda world: list(
        Effect.objects.filter(property_id__in=[world.house]).order_by("-pk")[:20]
    ),
    "backup_run_newest": lambda world: backups_overview(at=world.at),
    "consent_user": lambda world: consents_of(User(pk=world.user, email="guest77@example.com")),
    "consent_email": lambda world: consents_of(User(pk=world.user, email="guest77@example.com")),
    "export_expiry": lambda world: exports_delete_old(at=world.at - timedelta(hours=49)),
    "report_schedule_due": lambda world: schedules_send(at=world.at - timedelta(hours=99)),
    "daily_stat_property_date": lambda world: arrivals(
        scope=Scope((world.house,)), period=Period(world.today, world.day(3)), at=world.at
    ),
}
