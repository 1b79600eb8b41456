"""The right headers on every kind of answer: pages of guests and staff, API, files, static, errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.security.headers import PERMISSIONS_POLICY
from core.security.robots import PRIVATE
from tests.factories.accounts import SuperuserFactory
from tests.factories.bookings import confirmed
from tests.factories.inventory import Hotel, hotel
from tests.permissions.routes import routes

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Hotel:
    return hotel(nights=6)


def everywhere(house: Hotel, settings: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """One answer of every kind, by what it is."""
    booking = confirmed(house)
    Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
    (Path(settings.MEDIA_ROOT) / "headers.txt").write_text("x")
    guest, root, api = Client(), Client(), Client()
    root.force_login(SuperuserFactory.create())
    broken = Client(raise_request_exception=False)
    checked = Client(enforce_csrf_checks=True)
    answers = {
        "front page": guest.get("/"),
        "house": guest.get(f"/hotels/{house.property.slug}/"),
        "log-in": guest.get("/account/login/"),
        "booking, asked for the reference": guest.get(f"/booking/{booking.reference}/"),
        "booking": root.get(f"/booking/{booking.reference}/"),
        "redirect to log in": guest.get("/my/"),
        "administration": root.get("/admin/"),
        "list of staff": root.get(reverse("admin:bookings_booking_changelist")),
        "API": api.get("/api/v1/properties/"),
        "API's problem": api.get("/api/v1/nothing-here/"),
        "API's refusal": api.get("/api/v1/me/"),
        "API's description": api.get("/api/schema/"),
        "API's documents": api.get("/api/docs/"),
        "alive": guest.get("/livez"),
        "robots": guest.get("/robots.txt"),
        "static": guest.get("/static/css/admin.css"),
        "media": guest.get("/media/headers.txt"),
        "media that is not there": guest.get("/media/nothing.png"),
        "page that is not there": guest.get("/nothing-here/"),
        "form without its token": checked.post("/account/login/", {}),
        "host that is not ours": guest.get("/", headers={"Host": "evil.example"}),
        "method that is not allowed": guest.post("/livez"),
        "calendar file": root.get(f"/booking/{booking.reference}/calendar.ics"),
    }
    monkeypatch.setattr("core.security.robots.HttpResponse", None)
    answers["error of ours"] = broken.get("/robots.txt")
    monkeypatch.undo()
    for answer in answers.values():
        answer.close()
    return answers


def test_every_kind_of_answer_has_the_whole_set(
    house: Hotel, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    answers = everywhere(house, settings, monkeypatch)
    assert answers["error of ours"].status_code == 500
    assert answers["host that is not ours"].status_code == 400
    assert answers["form without its token"].status_code == 403
    for kind, answer in answers.items():
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", kind
        assert headers["X-Frame-Options"] == "DENY", kind
        assert headers["Referrer-Policy"] in {"same-origin", "no-referrer"}, kind
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", kind
        assert headers["Permissions-Policy"] == PERMISSIONS_POLICY, kind
        shared = kind in {"static", "media", "media that is not there"}
        assert headers["Cross-Origin-Resource-Policy"] == ("cross-origin" if shared else "same-origin"), kind
        assert "Server" not in headers, kind
        assert_strict(headers["Content-Security-Policy"], kind)


def assert_strict(policy: str, kind: str) -> None:
    """No script but our own files, no frame around us, no plug-in, no form to others."""
    rules = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
    assert rules["frame-ancestors"] == "'none'", kind
    scripts = rules.get("script-src", rules["default-src"])
    assert set(scripts.split()) <= {"'self'", "'none'"}, kind
    assert "unsafe" not in scripts, kind
    assert rules.get("object-src", rules["default-src"]) == "'none'", kind
    assert rules["base-uri"] in {"'self'", "'none'"}, kind
    assert rules["form-action"] in {"'self'", "'none'"}, kind


def test_browsers_are_told_to_use_https_alone(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    answer = Client().get("/robots.txt", secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    production = (Path(settings.BASE_DIR) / "config" / "settings" / "production.py").read_text()
    for line in (
        "SECURE_HSTS_SECONDS = 31_536_000",
        "SESSION_COOKIE_SECURE = True",
        "CSRF_COOKIE_SECURE = True",
    ):
        assert line in production


def test_cookies_are_for_us_and_not_for_scripts(client: Client, settings: Any) -> None:
    user = SuperuserFactory.create()
    client.force_login(user)
    client.get("/admin/")
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
    assert session["httponly"] or session.value


def test_search_engines_leave_alone_what_is_about_somebody(house: Hotel) -> None:
    text = Client().get("/robots.txt").content.decode()
    for path in PRIVATE:
        assert f"Disallow: {path}\n" in text
    for route in routes():
        about_somebody = {"reference", "token", "secret", "notification_id", "review_id"} & set(
            route.parameters
        )
        if about_somebody and not route.pattern.startswith("/reviews/"):
            assert route.pattern.startswith(tuple(PRIVATE)), route.pattern
    assert Client().get("/account/login/")["X-Robots-Tag"] == "noindex, nofollow"
    assert "X-Robots-Tag" not in Client().get(f"/hotels/{house.property.slug}/").headers
