from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Read the rows that were there before: nobody waits for it."""

    dependencies = [("payments", "0014_refunds_that_come_back")]

    operations = [
        ValidateConstraint(model_name="folioentry", name="folio_entry_kind_known"),
        ValidateConstraint(model_name="folioentry", name="folio_entry_sign_fits_kind"),
        ValidateConstraint(model_name="folioentry", name="folio_entry_money_has_source"),
        ValidateConstraint(model_name="refund", name="refund_made_again_if_failed"),
    ]
