from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from core.money import (
    CURRENCY_CODES,
    MoneyField,
    currency_digits,
    currency_minor_unit,
    currency_validate,
    format_money,
    round_money,
    split_money,
)

currencies = st.sampled_from(CURRENCY_CODES)
amounts = st.decimals(min_value=-10_000_000, max_value=10_000_000, places=5, allow_nan=False)


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("HUF", 2), ("ISK", 0)])
def test_digits_are_those_of_the_currency(currency: str, digits: int) -> None:
    assert currency_digits(currency) == digits


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [
        ("2.345", "EUR", "2.35"),
        ("2.344", "EUR", "2.34"),
        ("-2.345", "EUR", "-2.35"),
        ("0.5", "JPY", "1"),
        ("1.0005", "KWD", "1.001"),
        ("-0.001", "EUR", "0.00"),
        ("7", "EUR", "7.00"),
    ],
)
def test_money_is_rounded_half_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert str(round_money(Decimal(amount), currency)) == rounded


def test_a_float_is_not_money() -> None:
    with pytest.raises(TypeError):
        round_money(2.5, "EUR")  # type: ignore[arg-type]


@given(amount=amounts, currency=currencies)
def test_rounding_moves_by_at_most_half_a_minor_unit_and_only_once(amount: Decimal, currency: str) -> None:
    rounded = round_money(amount, currency)

    assert abs(rounded - amount) * 2 <= currency_minor_unit(currency)
    assert round_money(rounded, currency) == rounded
    assert round_money(-amount, currency) == -rounded


@given(amount=amounts, currency=currencies, parts=st.integers(min_value=1, max_value=400))
def test_parts_sum_to_the_whole_and_differ_by_one_minor_unit_at_most(
    amount: Decimal, currency: str, parts: int
) -> None:
    amount = round_money(amount, currency)

    shares = split_money(amount, currency, parts)

    assert len(shares) == parts
    assert sum(shares) == amount
    assert max(shares) - min(shares) <= currency_minor_unit(currency)
    assert all(share == round_money(share, currency) for share in shares)


def test_the_larger_parts_come_first() -> None:
    assert split_money(Decimal("100.00"), "EUR", 3) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert split_money(Decimal("-0.02"), "EUR", 3) == [Decimal("-0.01"), Decimal("-0.01"), Decimal("0.00")]


@pytest.mark.parametrize(("amount", "parts"), [("10.00", 0), ("10.001", 2)])
def test_what_cannot_be_split_is_refused(amount: str, parts: int) -> None:
    with pytest.raises(ValueError, match="money is"):
        split_money(Decimal(amount), "EUR", parts)


@pytest.mark.parametrize(
    ("currency", "language", "text"),
    [
        ("EUR", "en", "€1,234.50"),
        ("EUR", "de", "1.234,50\xa0€"),
        ("USD", "en", "US$1,234.50"),
        ("JPY", "en", "JP¥1,235"),
        ("CHF", "en", "CHF\xa01,234.50"),
        ("EUR", "xx", "€1,234.50"),
    ],
)
def test_money_is_written_in_the_readers_language(currency: str, language: str, text: str) -> None:
    assert format_money(Decimal("1234.50"), currency, language) == text


def test_the_template_filter_follows_the_active_language() -> None:
    template = Template("{% load money %}{{ amount|money:'EUR' }}|{{ nothing|money:'EUR' }}")

    with translation.override("fr"):
        text = template.render(Context({"amount": Decimal(5), "nothing": None}))

    assert text == "5,00\xa0€|"


def test_an_unknown_currency_is_refused() -> None:
    currency_validate("EUR")
    with pytest.raises(ValidationError):
        currency_validate("EUX")


def test_the_field_leaves_its_defaults_out_of_migrations() -> None:
    _name, path, _args, kwargs = MoneyField().deconstruct()
    assert (path, kwargs) == ("core.money.MoneyField", {})
    assert MoneyField(max_digits=6).deconstruct()[3] == {"max_digits": 6}
    assert (MoneyField().max_digits, MoneyField().decimal_places) == (14, 3)
