"""Every kind of message, in every language: complete, in one line where it must be, and safe for mail programs."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.template import engines

from notifications.branding import SITE_BRAND, brand_of, luminance
from notifications.models import Notification
from notifications.rendering import notification_render, notification_sms, notification_text
from notifications.samples import sample_context, sample_notification
from notifications.types import MESSAGE_TYPES

LANGUAGES = [code for code, _name in django_settings.LANGUAGES]
INVALID = "INVALID-%s-VARIABLE"


@pytest.fixture
def strict() -> Any:
    """A variable that a template does not find shows up in what it renders."""
    engine = engines["django"].engine  # type: ignore[attr-defined]
    before = engine.string_if_invalid
    engine.string_if_invalid = INVALID
    yield
    engine.string_if_invalid = before


@pytest.mark.parametrize("type_key", MESSAGE_TYPES)
def test_every_kind_renders_in_every_language(strict: None, type_key: str) -> None:
    for language in LANGUAGES:
        sample = sample_notification(type_key, language)
        mail = notification_render(sample, unsubscribe_url="https://vacancy.example/unsubscribe/x/")

        assert mail.subject, (type_key, language)
        assert "\n" not in mail.subject
        everything = mail.subject + mail.text + mail.html + notification_text(sample)
        assert not re.findall(r"INVALID-\S+-VARIABLE", everything), (type_key, language)
        assert "%(" not in everything
        assert not re.search(r"</?[a-z][^>]*>", mail.text), (type_key, language)
        assert f'<html lang="{language}"' in mail.html


@pytest.mark.parametrize("type_key", MESSAGE_TYPES)
def test_styles_stand_at_their_elements(type_key: str) -> None:
    html = notification_render(sample_notification(type_key)).html

    body = html[html.index("<body") :]
    assert body.startswith('<body style="')
    assert re.search(r'<td class="letter__head" style="[^"]*background: #10352d', body)
    assert "<style" not in body
    assert "<script" not in html
    assert html.count("<style") == 1
    assert "@media (prefers-color-scheme: dark)" in html
    assert '<meta name="color-scheme" content="light dark">' in html


@pytest.mark.parametrize("type_key", [key for key, kind in MESSAGE_TYPES.items() if kind.has_sms])
@pytest.mark.parametrize("language", LANGUAGES)
def test_short_texts_are_short(type_key: str, language: str) -> None:
    text = notification_sms(sample_notification(type_key, language))

    assert "\n" not in text
    assert len(text) <= 320
    assert "Casa do Cais" in text


def test_a_house_speaks_in_its_own_colours_and_under_its_logo() -> None:
    sample = sample_notification("booking_confirmed")
    sample.context["property"] |= {
        "brand_color": "#ffe08a",
        "logo_url": "https://vacancy.example/media/logo.webp",
    }

    html = notification_render(sample).html

    assert re.search(r'letter__head" style="[^"]*background: #ffe08a;\s*color: #1d2421', html)
    (logo,) = re.findall("<img[^>]*>", html)
    assert 'alt="Casa do Cais"' in logo
    assert 'src="https://vacancy.example/media/logo.webp"' in logo


@pytest.mark.parametrize("color", ["#000000", "#7a1f3d", "#777777", "#3aa0d8", "#ffe08a", "#ffffff"])
def test_text_can_be_read_on_every_colour(color: str) -> None:
    brand = brand_of(color)

    lighter, darker = sorted((luminance(brand.head), luminance(brand.head_text)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.0


@pytest.mark.parametrize("color", ["", "red", "#12345", "#10352d;}"])
def test_what_is_no_colour_changes_nothing(color: str) -> None:
    assert brand_of(color) is SITE_BRAND


def test_an_offer_that_is_over_is_told_from_a_wait_that_is_over() -> None:
    over = sample_notification("waitlist_expired")
    offered = Notification(**{**_fields(over), "context": over.context | {"offer_arrival": "2026-05-30"}})

    assert "No room at Casa do Cais became free in time" in notification_render(over).text
    assert "has gone to the next" in notification_render(offered).text


def test_the_inbox_has_no_foot() -> None:
    sample = sample_notification("thank_you")

    assert "This message was sent to" in notification_render(sample).text
    assert "This message was sent to" not in notification_text(sample)


def test_samples_have_what_their_kind_needs() -> None:
    for key, kind in MESSAGE_TYPES.items():
        assert kind.required_keys <= sample_context(key).keys(), key


def test_a_sample_is_the_callers_to_change() -> None:
    before = deepcopy(sample_context("generic"))
    sample_context("generic")["paragraphs"].append("more")

    assert sample_context("generic") == before


def _fields(notification: Notification) -> dict[str, Any]:
    return {
        name: getattr(notification, name)
        for name in ("type", "context", "language", "recipient", "dedup_key")
    }
