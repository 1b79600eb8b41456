"""The schedule names jobs that exist, and a task that is registered."""

from config.celery import app
from core.schedule import scheduled_jobs


def test_every_job_is_scheduled_and_its_task_is_registered() -> None:
    app.loader.import_default_modules()

    entries = app.conf.beat_schedule

    assert {entry["args"] for entry in entries.values()} == {(name,) for name in scheduled_jobs()}
    assert {entry["task"] for entry in entries.values()} <= set(app.tasks)
    assert {entry["options"]["queue"] for entry in entries.values()} == {"scheduled"}


def test_the_scheduler_knows_the_work_that_must_never_stop() -> None:
    assert {
        "bookings.holds_expire",
        "bookings.payments_reconcile",
        "core.idempotency_keys_prune",
        "inventory.inventory_extend",
        "payments.sandbox_events_deliver",
    } <= set(scheduled_jobs())
