"""Every kind of page: nothing that axe finds, in light or dark, and nothing to scroll sideways to on a small phone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page

from accounts.services import user_create
from bookings.models import Booking
from notifications.models import Notification
from payments.models import Payment
from tests.factories.accounts import SuperuserFactory
from tests.factories.bookings import confirmed, held, pay

from .conftest import DESK, NARROW, PHONE, TABLET, OpenPage
from .watching import sideways_scroll
from .world import World

EVERY_RULE = {"resultTypes": ["violations"], "preload": False}
"""Without preloading, which copies style sheets into the page; the content security policy rightly forbids that."""
CONTRAST_ONLY = EVERY_RULE | {"runOnly": ["color-contrast"]}

COLOURS_HAVE_CHANGED = """
() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => Promise.all(document.getAnimations().map((animation) => animation.finished)))
"""


def findings(page: Page, *, where: str, options: dict[str, Any]) -> list[str]:
    """What axe finds, a line for each element."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    violations = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return [
        f"{where}: {violation['id']}: {node['html'][:160]}"
        for violation in violations
        for node in violation["nodes"]
    ]


def faults(page: Page, *, sizes: Sequence[dict[str, int]] = (DESK,)) -> list[str]:
    """All that is wrong with the page that is open: light and dark in each of the sizes, and narrow."""
    page.wait_for_load_state()
    path = page.url.split("/", 3)[3]
    found = []
    for size in sizes:
        where = f"/{path} at {size['width']}"
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate(COLOURS_HAVE_CHANGED)
        found += findings(page, where=where, options=EVERY_RULE)
        page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        page.evaluate(COLOURS_HAVE_CHANGED)
        found += findings(page, where=f"{where} (dark)", options=CONTRAST_ONLY)
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    if too_wide := sideways_scroll(page):
        found.append(f"/{path}: {too_wide} px too wide for 320")
    return found


def log_in(page: Page, base_url: str, user: Any) -> None:
    """Give the browser the user's session."""
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base_url}]
    )


def visit(page: Page, paths: list[str], *, sizes: Sequence[dict[str, int]] = (DESK,)) -> str:
    """Look at each page in turn and tell all that is wrong, a line each."""
    found: list[str] = []
    for path in paths:
        page.goto(path)
        found += faults(page, sizes=sizes)
    return "\n".join(found)


def test_pages_for_everybody(open_page: OpenPage, world: World) -> None:
    page = open_page(DESK, expect_errors=(404, 409, 422))
    slug = world.casa.property.slug
    start = reverse("bookings:start", args=[world.casa.room_type.pk, world.casa.plan.pk])
    paths = [
        "/",
        "/search/",
        f"/search/?where=Lisbon&{world.query}",
        f"/search/?where=Atlantis&{world.query}",
        f"/search/?where=Kyoto&{world.query.replace('children=0', 'children=1&age=4')}",
        "/search/?arrival=2020-01-01&departure=2020-01-02&adults=2",
        f"/hotels/{slug}/",
        f"/hotels/{slug}/?{world.query}",
        f"/hotels/miradouro/?{world.query}",
        f"/hotels/alfama/?{world.query}",
        f"/hotels/{slug}/calendar/",
        f"{start}?{world.query}",
        f"{start}?{world.query.replace('rooms=1', 'rooms=2')}",
        "/find-booking/",
        "/account/login/",
        "/account/signup/",
        "/account/password/reset/",
        "/hotels/nowhere/",
    ]
    assert visit(page, paths) == ""


def test_pages_of_a_booking(open_page: OpenPage, world: World, live_server: Any) -> None:
    user = user_create(email="ada@example.com", full_name="Ada Lovelace", is_verified=True)
    waiting = held(world.casa, user=user).booking
    payment: Payment = pay(waiting, card="confirm")
    bank = f"/dev/bank/{payment.provider_reference}/"
    fresh = held(world.casa, user=user, guest=None).booking
    unpaid = held(world.casa, user=user).booking
    late = held(world.casa, user=user).booking
    pay(late, card="late")
    booked = confirmed(world.alfama, user=user)
    gone = held(world.kyoto, user=user).booking
    Booking.objects.filter(pk=gone.pk).update(hold_expires_at=timezone.now() - timedelta(seconds=1))
    page = open_page(DESK, expect_errors=(410,))
    log_in(page, live_server.url, user)
    paths = [
        f"/booking/{fresh.reference}/guest/",
        f"/booking/{unpaid.reference}/",
        f"/booking/{unpaid.reference}/pay/",
        f"/booking/{waiting.reference}/pay/",
        f"/booking/{late.reference}/",
        f"/booking/{booked.reference}/",
        f"/booking/{booked.reference}/cancel/",
        f"/booking/{gone.reference}/",
        bank,
        "/my/bookings/",
        "/my/bookings/?show=past",
        "/dev/mail/",
        "/dev/style/",
        f"/dev/mail/{Notification.objects.latest('pk').pk}/",
    ]
    assert visit(page, paths) == ""


def test_pages_of_an_account(open_page: OpenPage, world: World, live_server: Any) -> None:
    user = user_create(
        email="ada@example.com", password="a lantern over the door", full_name="Ada", is_verified=True
    )
    page = open_page(DESK)
    page.goto("/account/login/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password", exact=True).fill("a lantern over the door")
    page.get_by_role("main").get_by_role("button", name="Log in").click()
    page.wait_for_url("**/my/")
    paths = [
        "/account/profile/",
        "/account/email/",
        "/account/password/change/",
        "/account/2fa/",
        "/account/2fa/totp/activate/",
        "/account/sessions/",
        "/account/personal-data/",
        "/account/delete/",
        "/account/logout/",
    ]
    assert visit(page, paths) == ""


def test_pages_of_the_front_office(open_page: OpenPage, world: World, live_server: Any) -> None:
    booking = confirmed(world.casa)
    page = open_page(DESK)
    log_in(page, live_server.url, SuperuserFactory.create())
    paths = [
        reverse("admin:index"),
        reverse("admin:bookings_booking_changelist"),
        reverse("admin:bookings_booking_change", args=[booking.pk]),
        reverse("admin:bookings_booking_desk"),
    ]
    assert visit(page, paths) == ""


def test_pages_of_the_operator(open_page: OpenPage, world: World, live_server: Any) -> None:
    page = open_page(DESK)
    log_in(page, live_server.url, SuperuserFactory.create())
    paths = [reverse(f"admin:{name}") for name in ("system", "runbook", "backups", "services", "cache")]
    assert visit(page, paths, sizes=(DESK, PHONE)) == ""


def test_no_list_of_the_administration_is_wider_than_its_window(
    open_page: OpenPage, world: World, live_server: Any
) -> None:
    confirmed(world.casa)
    page = open_page(DESK)
    log_in(page, live_server.url, SuperuserFactory.create())
    lists = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in site._registry]
    too_wide = []

    for name in ["admin:index", *lists]:
        page.goto(reverse(name))
        for size in (NARROW, TABLET):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            too_wide += [(name, size["width"])] * bool(sideways_scroll(page))

    assert too_wide == []


def test_the_page_of_a_form_that_is_too_old(open_page: OpenPage, world: World) -> None:
    page = open_page(DESK, expect_errors=(403,))
    page.goto("/find-booking/")
    page.get_by_label("Booking reference").fill("VQ7KM2XD")
    page.get_by_label("E-mail address").fill("ada@example.com")
    page.context.clear_cookies()
    page.get_by_role("button", name="Open it").click()
    assert "\n".join(faults(page)) == ""
