"""Nothing is written twice any more. The tables of events stay in the database as they are."""

import pgtrigger.migrations
from django.db import migrations

from core.trigger_migrations import Triggers


class Migration(migrations.Migration):

    dependencies = [("payments", "0009_carry_history")]

    operations = [
        Triggers(
            steps=[
                pgtrigger.migrations.RemoveTrigger(model_name="dispute", name="insert_insert"),
                pgtrigger.migrations.RemoveTrigger(model_name="dispute", name="update_update"),
                pgtrigger.migrations.RemoveTrigger(model_name="payment", name="insert_insert"),
                pgtrigger.migrations.RemoveTrigger(model_name="payment", name="update_update"),
                pgtrigger.migrations.RemoveTrigger(model_name="refund", name="insert_insert"),
                pgtrigger.migrations.RemoveTrigger(model_name="refund", name="update_update"),
            ]
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="DisputeEvent"),
                migrations.DeleteModel(name="PaymentEvent"),
                migrations.DeleteModel(name="RefundEvent"),
            ]
        ),
    ]
