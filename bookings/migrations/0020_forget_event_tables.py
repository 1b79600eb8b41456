"""Drop the tables of events: what they knew is in the log, and they hold people's data that nobody would erase."""

from django.db import migrations

from core.audit.carrying import tables_forget


class Migration(migrations.Migration):
    dependencies = [("bookings", "0019_imports_summed_up")]

    operations = [tables_forget("bookings", ["BookingEvent", "ReviewEvent"], last_known="0017_carry_history")]
