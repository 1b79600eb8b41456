"""What must not leave the house in a log line or an error report: who somebody is, and what opens something.

Two ways together. A value is masked whole when its name says what it is (`SECRET_NAME`), so that a guest's name, which
looks like any other word, is masked where it is told as one. And every text is searched for what can be recognised by
its looks: addresses of mail, phone numbers, card numbers, credentials, tokens in addresses, rows that the database
repeats.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "[masked]"
SECRET_NAME = re.compile(
    r"pass(word|wd)|secret|token|authori[sz]ation|cookie|session_?key|api_?key|csrf|e?mail|phone|card"
    r"|(full|first|last|middle|given|family|guest|sur|contact|customer|holder|billing)_?name|passport|document_number"
    r"|birth|iban|postcode|postal|zip_code|street|address_line|\bip(_address)?\b|remote_addr",
    re.IGNORECASE,
)
_DOMAIN = r"(?:@|%40)[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)+"
EMAIL = re.compile(r"[^\s@<>\"'(),:;\[\]\\=&?/|{}]+" + _DOMAIN)
STRANGE_EMAIL = re.compile(r"[^\s@<>\"(),:;\[\]\\]+" + _DOMAIN)
"""With the signs that are allowed before the @ and mostly mean something else; looked for second."""
QUOTED_EMAIL = re.compile(r"\"(?:[^\"\\\n]|\\.){1,64}\"@[\w.-]+")
_PHONE = r"(?:\+|%2B|00)[1-9](?:[ ().\-/]{0,2}\d){6,14}(?!\w)"
PHONE = re.compile(rf"(?<![\w+]){_PHONE}", re.IGNORECASE)
CREDENTIAL = re.compile(rf"\b(Bearer|Token|Basic)\s+(?!{_PHONE})[A-Za-z0-9._~+/=-]{{8,}}", re.IGNORECASE)
URL_PASSWORD = re.compile(r"(?<=://)([^\s/:@]*):[^\s/@]+(?=@)")
QUERY_SECRET = re.compile(
    r"(?<=[?&])([^=&\s]*(?:token|e?mail|phone|name|key|code|password|secret|signature)[^=&\s]*)=[^&\s\"']*",
    re.IGNORECASE,
)
PAYMENT_SECRET = re.compile(r"\b(?:(?:pi|seti|cs)_\w+_secret_\w+|(?:sk|rk)_(?:live|test)_\w+|whsec_[\w+/=]+)")
CARD_NUMBER = re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-]|\.\d)")
PATH_SECRET = re.compile(r"(?<=/)(?=[\w:=-]*[\dA-Z])[\w:=-]{22,}(?=\.ics\b|[/?#\s\"'),]|$)")
"""22 characters hold 128 bits. Words of an address in small letters are none, however many."""
DATABASE_ROW = re.compile(r"(?<=Failing row contains )\(.*\)", re.DOTALL)
DATABASE_KEY = re.compile(r"(Key \([^)]*\)=)\(.*?\)(?= (?:already|is |conflicts|\[)|[.,\n]|$)")


def mask_text(text: str) -> str:
    """The text without what can be recognised in it. What was masked already stays as it is."""
    if "Failing row" in text or "Key (" in text:
        text = DATABASE_KEY.sub(rf"\1({MASK})", DATABASE_ROW.sub(f"({MASK})", text))
    if "://" in text:
        text = URL_PASSWORD.sub(rf"\1:{MASK}", text)
    if "@" in text or "%40" in text:
        text = STRANGE_EMAIL.sub(MASK, EMAIL.sub(MASK, QUOTED_EMAIL.sub(MASK, text)))
    text = CREDENTIAL.sub(rf"\1 {MASK}", text)
    text = QUERY_SECRET.sub(rf"\1={MASK}", text)
    text = PAYMENT_SECRET.sub(MASK, text)
    text = CARD_NUMBER.sub(_card_masked, text)
    text = PHONE.sub(MASK, text)
    return PATH_SECRET.sub(MASK, text)


def mask_value(name: str, value: Any) -> Any:
    """A value without personal data: masked whole if ``name`` says what it is, else whatever of it is recognised.

    Of mappings and lists every value is looked at; the keys stay, but for what is recognised in them.
    """
    if isinstance(value, str):
        return MASK if value and SECRET_NAME.search(name) else mask_text(value)
    if isinstance(value, bytes):
        return mask_value(name, value.decode("utf-8", errors="replace"))
    if isinstance(value, Mapping):
        return {_key(key): mask_value(str(key), inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [mask_value(name, inner) for inner in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return mask_value(name, str(value))


def _key(key: Any) -> Any:
    return mask_text(key) if isinstance(key, str) else key


def _card_masked(found: re.Match[str]) -> str:
    """Mask a card number; other long numbers, whose last digit does not fit (Luhn), stay."""
    digits = [int(digit) for digit in found.group() if digit.isdigit()][::-1]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return MASK if (sum(digits[::2]) + sum(doubled)) % 10 == 0 else found.group()
