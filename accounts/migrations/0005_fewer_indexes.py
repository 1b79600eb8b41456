import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes that no query uses, and those of foreign keys that another index leads with. Nothing waits for it long."""

    atomic = False

    dependencies = [
        ("accounts", "0004_audit_triggers"),
    ]

    operations = [
        migrations.AlterField(
            model_name="propertystaff",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="staff_roles",
                to=settings.AUTH_USER_MODEL,
                verbose_name="user",
            ),
        ),
    ]
