import django.db.models.deletion
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes that no query uses, and those of foreign keys that another index leads with. Nothing waits for it long."""

    atomic = False

    dependencies = [
        ("inventory", "0021_fewer_indexes"),
        ("payments", "0012_forget_event_tables"),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name="payment",
            name="payment_status_created",
        ),
        migrations.AlterField(
            model_name="invoiceseries",
            name="property",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="invoice_series",
                to="inventory.property",
                verbose_name="property",
            ),
        ),
    ]
