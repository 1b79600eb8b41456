"""Language, colours, keyboard, and what happens when something is not there."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from . import guest
from .conftest import DESK, PHONE, OpenPage
from .world import World

FOCUS_IS_VISIBLE = """
() => {
  const element = document.activeElement;
  if (!element.matches(":focus")) {
    return true; // within a control of the browser's own, such as the button that opens its calendar
  }
  const style = getComputedStyle(element.closest(".card--link") ?? element);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
}
"""


def tab_to(page: Page, target: Locator, *, limit: int = 120) -> None:
    """Press Tab until the target has the focus, which must be visible wherever it stops."""
    for _press in range(limit):
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUS_IS_VISIBLE), page.evaluate(
            "document.activeElement.outerHTML.slice(0, 200)"
        )
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{target} cannot be reached with the Tab key")


def test_german_changes_words_dates_and_money(open_page: OpenPage, world: World) -> None:
    page = open_page(DESK)
    page.goto(f"/hotels/casa-do-cais/?{world.query}")
    expect(page.locator(".price__amount").first).to_have_text("€282.00")
    page.locator("summary", has_text="Language").click()
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator(".price__amount").first).to_have_text("282,00\u00a0€")
    arrival = world.casa.stay(offset=21, nights=3).arrival
    page.goto(f"/search/?where=&{world.query}")
    expect(page.locator("#results > p").first).to_contain_text(f"{arrival.day}. ")


def test_the_chosen_colours_stay(open_page: OpenPage, world: World) -> None:
    page = open_page(PHONE, color_scheme="light")
    page.goto("/")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name="Switch to dark colours").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != paper
    page.goto("/search/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Switch to light colours").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def test_what_is_not_there_has_a_page(open_page: OpenPage, world: World) -> None:
    page = open_page(PHONE, expect_errors=(404,))
    assert page.goto("/hotels/nowhere/").status == 404  # type: ignore[union-attr]
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page).not_to_have_url(re.compile("nowhere"))


def test_a_failed_request_is_told(open_page: OpenPage, world: World) -> None:
    page = open_page(DESK, expect_errors=(500,))
    page.goto(f"/hotels/casa-do-cais/?{world.query}")
    page.route("**/calendar/**", lambda route: route.fulfill(status=500, body=""))
    month = page.locator(".calendar caption").first.inner_text()
    page.locator(".calendar [rel=next]").click()
    expect(page.locator(".toast--error")).to_be_visible()
    expect(page.locator(".calendar caption").first).to_have_text(month)


def test_from_search_to_payment_with_the_keyboard_alone(open_page: OpenPage, world: World) -> None:
    page = open_page(DESK)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    tab_to(page, page.get_by_label("City or hotel"))
    page.keyboard.type("Casa")
    page.keyboard.press("Enter")
    house = page.get_by_role("link", name="Casa do Cais")
    expect(house).to_be_visible()
    tab_to(page, house)
    page.keyboard.press("Enter")
    reserve = page.get_by_role("link", name=f"Reserve River double, {world.casa.plan.name}")
    expect(reserve).to_be_visible()
    tab_to(page, reserve)
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Hold this room")
    expect(button).to_be_visible()
    tab_to(page, button)
    page.keyboard.press("Enter")
    name = page.get_by_label("Your name")
    expect(name).to_be_visible()
    tab_to(page, name)
    page.keyboard.type("Ada Lovelace")
    page.keyboard.press("Tab")
    page.keyboard.type("ada@example.com")
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name="Book and pay")
    expect(button).to_be_visible()
    tab_to(page, button)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your room is booked.")).to_be_visible()


def test_menus_close_by_escape_and_by_leaving(open_page: OpenPage, world: World) -> None:
    page = open_page(PHONE)
    page.goto("/")
    menu = page.locator("summary", has_text="Menu")
    menu.click()
    expect(page.get_by_role("navigation", name="Menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("navigation", name="Menu")).to_be_hidden()
    expect(menu).to_be_focused()
    guest.search(page, world)
    page.locator(".search__guests summary").click()
    expect(page.get_by_label("Age of child 1")).to_be_hidden()
    page.get_by_label("Children (0–17)").select_option("2")
    expect(page.get_by_label("Age of child 2")).to_be_visible()
    expect(page.get_by_label("Age of child 3")).to_be_hidden()
