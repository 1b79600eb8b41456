"""Nothing is written twice any more. The tables of events stay in the database as they are."""

import pgtrigger.migrations
from django.db import migrations

from core.trigger_migrations import Triggers


class Migration(migrations.Migration):

    dependencies = [("waitlist", "0004_carry_history")]

    operations = [
        Triggers(
            steps=[
                pgtrigger.migrations.RemoveTrigger(model_name="waitlistentry", name="update_update"),
                pgtrigger.migrations.RemoveTrigger(model_name="waitlistentry", name="delete_delete"),
            ]
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="WaitlistEntryEvent"),
            ]
        ),
    ]
