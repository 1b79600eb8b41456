import core.money
import pgtrigger.compiler
import pgtrigger.migrations
from decimal import Decimal
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """A refund that was made may fail, with an entry that takes it back. What is new is checked of new rows first."""

    dependencies = [
        ('inventory', '0021_fewer_indexes'),
        ('payments', '0013_fewer_indexes'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='refund',
            name='status_transitions',
        ),
        migrations.RemoveConstraint(
            model_name='folioentry',
            name='folio_entry_money_has_source',
        ),
        migrations.RemoveConstraint(
            model_name='folioentry',
            name='folio_entry_kind_known',
        ),
        migrations.RemoveConstraint(
            model_name='folioentry',
            name='folio_entry_sign_fits_kind',
        ),
        migrations.AddField(
            model_name='refund',
            name='made_again',
            field=core.money.MoneyField(db_default=Decimal('0'), default=Decimal('0'), help_text='What of a failed refund was asked for anew, by another one.', verbose_name='made again'),
        ),
        migrations.AlterField(
            model_name='folioentry',
            name='kind',
            field=models.CharField(choices=[('charge', 'charge'), ('tax', 'tax'), ('fee', 'fee'), ('reversal', 'reversal of charges'), ('payment', 'payment'), ('refund', 'refund'), ('refund_returned', 'refund that came back'), ('dispute', "withdrawn by the guest's bank"), ('dispute_returned', "returned by the guest's bank"), ('transfer', 'passed on to a stay')], max_length=20, verbose_name='kind'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='refund',
            trigger=pgtrigger.compiler.Trigger(name='status_transitions', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE _is_valid_transition BOOLEAN;', func='SELECT CONCAT(OLD."status", \':\', NEW."status") = ANY(\'{pending:succeeded,pending:failed,succeeded:failed}\'::text[]) INTO _is_valid_transition; IF (_is_valid_transition IS FALSE AND OLD."status" IS DISTINCT FROM NEW."status") THEN RAISE EXCEPTION \'pgtrigger: Invalid transition of field "status" from "%" to "%" on table %\', OLD."status", NEW."status", TG_TABLE_NAME; ELSE RETURN NEW; END IF;', hash='8b392651d1dd2b51c13183cb649206c53997081a', operation='UPDATE', pgid='pgtrigger_status_transitions_58281', table='payments_refund', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='folioentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['charge', 'tax', 'fee', 'reversal', 'payment', 'refund', 'refund_returned', 'dispute', 'dispute_returned', 'transfer'])), name='folio_entry_kind_known'),
        ),
        AddConstraintNotValid(
            model_name='folioentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__gte', 0), ('kind__in', ('charge', 'tax', 'fee', 'refund', 'dispute', 'transfer'))), models.Q(('amount__lte', 0), ('kind__in', ('payment', 'reversal', 'refund_returned', 'dispute_returned'))), _connector='OR'), name='folio_entry_sign_fits_kind'),
        ),
        AddConstraintNotValid(
            model_name='folioentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'payment'), ('payment__isnull', False)), models.Q(('kind__in', ('refund', 'refund_returned')), ('refund__isnull', False)), models.Q(('kind__in', ('dispute', 'dispute_returned')), ('dispute__isnull', False)), models.Q(('kind__in', ('payment', 'refund', 'refund_returned', 'dispute', 'dispute_returned')), _negated=True), _connector='OR'), name='folio_entry_money_has_source'),
        ),
        AddConstraintNotValid(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('made_again', 0), models.Q(('made_again__gt', 0), ('made_again__lte', models.F('amount')), ('status', 'failed')), _connector='OR'), name='refund_made_again_if_failed'),
        ),
    ]
