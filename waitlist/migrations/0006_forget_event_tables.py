"""Drop the tables of events: what they knew is in the log, and they hold people's data that nobody would erase."""

from django.db import migrations

from core.audit.carrying import tables_forget


class Migration(migrations.Migration):
    dependencies = [("waitlist", "0005_one_history")]

    operations = [tables_forget("waitlist", ["WaitlistEntryEvent"], last_known="0004_carry_history")]
