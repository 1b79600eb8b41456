"""Carry what the tables of events know over into the log."""

from django.db import migrations

from core.audit.carrying import carry_over

HISTORIES = (
    carry_over(
        "payments_paymentevent",
        "payments.payment",
        house="(SELECT f.property_id FROM payments_folio f WHERE f.id = (s.row ->> 'folio_id')::bigint)",
        parent=("payments.folio", "folio_id"),
        left_out=["idempotency_key", "provider_session", "redirect_url"],
    ),
    carry_over(
        "payments_refundevent",
        "payments.refund",
        house="(SELECT f.property_id FROM payments_payment p JOIN payments_folio f ON f.id = p.folio_id WHERE p.id = (s.row ->> 'payment_id')::bigint)",
        parent=("payments.payment", "payment_id"),
        left_out=["idempotency_key"],
    ),
    carry_over(
        "payments_disputeevent",
        "payments.dispute",
        house="(SELECT f.property_id FROM payments_payment p JOIN payments_folio f ON f.id = p.folio_id WHERE p.id = (s.row ->> 'payment_id')::bigint)",
        parent=("payments.payment", "payment_id"),
    ),
)


class Migration(migrations.Migration):

    dependencies = [
        ("core", "0005_audit_functions"),
        ("pghistory", "0007_auto_20250421_0444"),
        ("payments", "0008_audit_invoices"),
    ]

    operations = [migrations.RunSQL(forwards, backwards) for forwards, backwards in HISTORIES]
