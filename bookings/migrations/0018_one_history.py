"""Nothing is written twice any more. The tables of events stay in the database as they are."""

import pgtrigger.migrations
from django.db import migrations

from core.trigger_migrations import Triggers


class Migration(migrations.Migration):

    dependencies = [("bookings", "0017_carry_history")]

    operations = [
        Triggers(
            steps=[
                pgtrigger.migrations.RemoveTrigger(model_name="booking", name="delete_delete"),
                pgtrigger.migrations.RemoveTrigger(model_name="booking", name="update_update"),
                pgtrigger.migrations.RemoveTrigger(model_name="review", name="insert_insert"),
                pgtrigger.migrations.RemoveTrigger(model_name="review", name="update_update"),
            ]
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="BookingEvent"),
                migrations.DeleteModel(name="ReviewEvent"),
            ]
        ),
    ]
