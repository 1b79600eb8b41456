import django.db.models.deletion
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes that no query uses, and those of foreign keys that another index leads with. Nothing waits for it long."""

    atomic = False

    dependencies = [
        ("waitlist", "0006_forget_event_tables"),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name="pricealert",
            name="price_alert_user",
        ),
        migrations.AlterField(
            model_name="pricedrop",
            name="alert",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="drops",
                to="waitlist.pricealert",
                verbose_name="price alert",
            ),
        ),
    ]
