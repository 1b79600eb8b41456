"""Search properties by the words of their names, cities and descriptions."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.db import migrations, models

from inventory.words import SEARCH_FUNCTIONS


class Migration(migrations.Migration):

    dependencies = [("inventory", "0019_forget_event_tables")]

    operations = [
        *(migrations.RunSQL(make, undo) for make, undo in SEARCH_FUNCTIONS),
        migrations.AddIndex(
            model_name="property",
            index=django.contrib.postgres.indexes.GinIndex(
                models.Func(
                    "name",
                    "city",
                    "description",
                    function="inventory_property_document",
                    output_field=django.contrib.postgres.search.SearchVectorField(),
                ),
                name="property_document",
            ),
        ),
    ]
