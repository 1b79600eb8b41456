"""Carry what the tables of events know over into the log."""

from django.db import migrations

from core.audit.carrying import carry_over

HISTORIES = (
    carry_over(
        "bookings_bookingevent",
        "bookings.booking",
        house="(s.row ->> 'property_id')::bigint",
        left_out=["access_token_hash", "quote"],
    ),
    carry_over(
        "bookings_reviewevent",
        "bookings.review",
        house="(s.row ->> 'property_id')::bigint",
        parent=("bookings.booking", "booking_id"),
    ),
)


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0005_audit_functions"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("bookings", "0016_audit_changes"),
    ]

    operations = [migrations.RunSQL(forwards, backwards) for forwards, backwards in HISTORIES]
