"""Drop the tables of events: what they knew is in the log, and they hold people's data that nobody would erase."""

from django.db import migrations

from core.audit.carrying import tables_forget


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_imports_summed_up")]

    operations = [
        tables_forget(
            "payments", ["DisputeEvent", "PaymentEvent", "RefundEvent"], last_known="0009_carry_history"
        )
    ]
