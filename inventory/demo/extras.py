"""What the houses of the demo sell beside their rooms."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from core.money import currency_digits, round_money
from inventory.models import Extra, Property
from inventory.models.extras import ExtraUnit


class DemoExtra(NamedTuple):
    """An extra as it is in every house; ``price`` in euros, brought to the house's currency roughly."""

    name: str
    description: str
    price: Decimal
    unit: ExtraUnit
    is_bookable: bool = False


EXTRAS = (
    DemoExtra(
        "Breakfast", "From seven to half past ten", Decimal(16), ExtraUnit.PERSON_NIGHT, is_bookable=True
    ),
    DemoExtra("Parking", "In the yard or around the corner", Decimal(18), ExtraUnit.NIGHT, is_bookable=True),
    DemoExtra("Minibar", "", Decimal(6), ExtraUnit.PIECE),
    DemoExtra("City tour", "Two hours on foot", Decimal(25), ExtraUnit.PERSON, is_bookable=True),
    DemoExtra("Late departure", "Until four in the afternoon", Decimal(35), ExtraUnit.STAY),
)
EUROS = {"JPY": Decimal(160), "DKK": Decimal("7.5"), "TND": Decimal("3.4"), "USD": Decimal("1.1")}
TAXES = {
    "AT": ("USt", "10"),
    "CH": ("MWST", "8.1"),
    "DE": ("MwSt", "19"),
    "DK": ("Moms", "25"),
    "FR": ("TVA", "10"),
    "GB": ("VAT", "20"),
    "IT": ("IVA", "10"),
    "JP": ("Consumption tax", "10"),
    "PT": ("IVA", "13"),
    "TN": ("TVA", "7"),
    "US": ("Sales tax", "8.875"),
}
ADDED = ("US",)
NUMBERS = {
    "AT": "ATU12345675",
    "DE": "DE123456788",
    "FR": "FR12345678901",
    "GB": "GB123456782",
    "PT": "PT123456789",
}


def extras_load(*, prop: Property) -> None:
    """Give a house its extras, and what its invoices need, once."""
    if prop.extras.exists():
        return
    tax, percent = TAXES.get(prop.country, ("", "0"))
    rate = EUROS.get(prop.currency, Decimal(1))
    for position, one in enumerate(EXTRAS):
        price = one.price * rate
        if not currency_digits(prop.currency):
            price = price.quantize(Decimal("1e2"))
        Extra.objects.create(
            property=prop,
            name=one.name,
            description=one.description,
            price=round_money(price, prop.currency),
            unit=one.unit,
            tax_name=tax,
            tax_percent=Decimal(percent),
            tax_is_included=prop.country not in ADDED,
            is_bookable=one.is_bookable,
            position=position,
        )
    if not prop.legal_name:
        prop.legal_name = f"{prop.name} Hotels"
        prop.tax_number = NUMBERS.get(prop.country, "")
        prop.invoice_prefix = f"{''.join(filter(str.isascii, prop.city))[:3].upper()}-"
        prop.save(update_fields=["legal_name", "tax_number", "invoice_prefix", "updated_at"])
