"""The receipt: one page, the same bytes every time, and names in any script that can be read."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from core.documents import drawn, fonts
from notifications.receipts import receipt_attachment
from notifications.samples import sample_notification


def test_the_same_message_gives_the_same_bytes() -> None:
    first = receipt_attachment(sample_notification("payment_receipt"))
    second = receipt_attachment(sample_notification("payment_receipt"))

    assert first == second
    assert first is not None
    assert first.content.startswith(b"%PDF-")
    assert b"/MediaBox [ 0 0 595.2756 841.8898 ]" in first.content
    assert first.content.count(b"/Type /Page\n") == 1
    assert b"/FontFile2" in first.content


def test_it_is_named_in_the_readers_language() -> None:
    with override("en"):
        attachment = receipt_attachment(sample_notification("payment_receipt"))

    assert attachment is not None
    assert attachment.name == "receipt-VQ7KM2XD-1.pdf"


def test_other_messages_have_none() -> None:
    assert receipt_attachment(sample_notification("booking_confirmed")) is None


def test_a_message_from_before_lines_were_kept_has_one_too() -> None:
    sample = sample_notification("payment_receipt")
    for key in ("number", "lines", "payments"):
        del sample.context[key]

    attachment = receipt_attachment(sample)

    assert attachment is not None
    assert attachment.name == "receipt-VQ7KM2XD.pdf"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ana Souza", '<font name="Vera">Ana Souza</font>'),
        ("山田太郎", '<font name="STSong-Light">山田太郎</font>'),
        ("ゆき", '<font name="HeiseiKakuGo-W5">ゆき</font>'),
        ("김민준", '<font name="HYGothic-Medium">김민준</font>'),
        ("<b>&", '<font name="Vera">&lt;b&gt;&amp;</font>'),
        ("أحمد", '<font name="Vera">ana@example.com</font>'),
        ("राजेश", '<font name="Vera">ana@example.com</font>'),
    ],
)
def test_every_script_is_drawn_or_replaced(text: str, expected: str) -> None:
    assert drawn(text, alternative="ana@example.com") == expected


def test_without_fonts_of_the_system_accents_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "SYSTEM_FONTS", ())
    fonts._embedded.cache_clear()

    assert drawn("Jiří") == '<font name="Vera">Jiri</font>'
    assert drawn("Иван", alternative="ivan@example.com") == '<font name="Vera">ivan@example.com</font>'

    fonts._embedded.cache_clear()


def test_it_is_drawn_for_a_guest_whose_name_no_font_has() -> None:
    sample = sample_notification("payment_receipt")
    sample.context["guest_name"] = "أحمد"
    sample.context["property"]["name"] = "旅館"

    assert receipt_attachment(sample) is not None
