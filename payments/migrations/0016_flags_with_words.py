from django.db import migrations, models


class Migration(migrations.Migration):
    """Words for the flags that finance reads; the table stays as it is."""

    dependencies = [
        ('payments', '0015_refunds_that_come_back_checked'),
    ]

    operations = [
        migrations.AlterField(
            model_name='payment',
            name='flag',
            field=models.CharField(blank=True, choices=[('amount_mismatch', 'the provider took another amount'), ('currency_mismatch', 'the provider took another currency'), ('authorization_lapsed', 'what was put aside has lapsed'), ('refund_failed', 'a refund did not reach the guest'), ('refunded_elsewhere', 'money was given back at the provider, not here'), ('dispute_currency', 'disputed in another currency')], help_text='Something for finance to look at, such as a wrong amount.', max_length=60, verbose_name='flag'),
        ),
    ]
