"""Carry what the tables of events know over into the log."""

from django.db import migrations

from core.audit.carrying import carry_over

HISTORIES = (
    carry_over(
        "waitlist_waitlistentryevent",
        "waitlist.waitlistentry",
        house="(s.row ->> 'property_id')::bigint",
        left_out=["access_token_hash"],
    ),
)


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0005_audit_functions"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("waitlist", "0003_audit_triggers"),
    ]

    operations = [migrations.RunSQL(forwards, backwards) for forwards, backwards in HISTORIES]
