import django.db.models.deletion
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes that no query uses, and those of foreign keys that another index leads with. Nothing waits for it long."""

    atomic = False

    dependencies = [
        ("bookings", "0020_forget_event_tables"),
        ("inventory", "0021_fewer_indexes"),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name="booking",
            name="booking_status_dates",
        ),
        RemoveIndexConcurrently(
            model_name="booking",
            name="booking_dates_type_status",
        ),
        RemoveIndexConcurrently(
            model_name="review",
            name="review_pending",
        ),
        RemoveIndexConcurrently(
            model_name="reviewreport",
            name="review_report_open",
        ),
        RemoveIndexConcurrently(
            model_name="spacebooking",
            name="space_booking_email",
        ),
        migrations.AlterField(
            model_name="bookingchangehold",
            name="change",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="holds",
                to="bookings.bookingchange",
                verbose_name="change",
            ),
        ),
        migrations.AlterField(
            model_name="bookingnight",
            name="booking",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="nights",
                to="bookings.booking",
                verbose_name="booking",
            ),
        ),
        migrations.AlterField(
            model_name="group",
            name="property",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="groups",
                to="inventory.property",
                verbose_name="property",
            ),
        ),
        migrations.AlterField(
            model_name="groupblock",
            name="group",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="blocks",
                to="bookings.group",
                verbose_name="group",
            ),
        ),
        migrations.AlterField(
            model_name="guest",
            name="property",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="guests",
                to="inventory.property",
                verbose_name="property",
            ),
        ),
    ]
