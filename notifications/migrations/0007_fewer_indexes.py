import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes that no query uses, and those of foreign keys that another index leads with. Nothing waits for it long."""

    atomic = False

    dependencies = [
        ("notifications", "0006_report_category"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        RemoveIndexConcurrently(
            model_name="domainevent",
            name="event_subject",
        ),
        RemoveIndexConcurrently(
            model_name="webhookattempt",
            name="webhook_attempt_started",
        ),
        migrations.AlterField(
            model_name="notificationpreference",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="notification_preferences",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
        migrations.AlterField(
            model_name="webhookattempt",
            name="delivery",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="attempt_log",
                to="notifications.webhookdelivery",
                verbose_name="delivery",
            ),
        ),
    ]
