"""Carry what the tables of events know over into the log."""

from django.db import migrations

from core.audit.carrying import carry_over

HISTORIES = (
    carry_over(
        "inventory_propertyevent",
        "inventory.property",
        house="(s.row ->> 'id')::bigint",
    ),
    carry_over(
        "inventory_rateplanevent",
        "inventory.rateplan",
        house="(s.row ->> 'property_id')::bigint",
    ),
)


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0005_audit_functions"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("inventory", "0016_rate_edits"),
    ]

    operations = [migrations.RunSQL(forwards, backwards) for forwards, backwards in HISTORIES]
