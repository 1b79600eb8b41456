"""Guests who come with a browser: the pages of a booking, their forms, cookies and tokens."""

from __future__ import annotations

import html
import re
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

from locust import task

from tests.load.looking import READABLE, Guest, new_guest, popular_house, wanted_stay
from tests.load.results import done

INPUT = re.compile(r"<input\b[^>]*>")
ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')
BOOK_LINK = re.compile(r'href="(/book/\d+/\d+/\?[^"]*)"')
GONE = {HTTPStatus.CONFLICT, HTTPStatus.GONE}
"""How a page says that somebody else was faster."""


class PageGuest(Guest):
    """Books as most do: a house, a room, who comes, and money."""

    weight = 2

    def arrive(self) -> None:
        """Be somebody with no booking."""
        super().arrive()
        self.booking = ""
        self.is_paid = False

    @task(160)
    def hold(self) -> bool:
        """Choose a room of a house, hold it, and say who comes."""
        self.arrive()
        stay = urlencode({**wanted_stay(), "adults": 2})
        page = self.page(f"/hotels/bench-{popular_house()}/?{stay}", "property")
        link = BOOK_LINK.search(page or "")
        if link is None:
            return False
        path = html.unescape(link[1])
        form = self.form(path, "room", "expected_total")
        where = self.send(path, "hold", form) if form else None
        if not where:
            return False
        form = self.form(where, "who comes", "email")
        where = self.send(where, "who comes (sent)", form | new_guest()) if form else None
        if not where:
            return False
        self.booking = where.removesuffix("pay/")
        done["held"] += 1
        return True

    @task(170)
    def pay(self) -> None:
        """Pay for what is held, and see that it is confirmed."""
        if (not self.booking or self.is_paid) and not self.hold():
            return
        form = self.form(f"{self.booking}pay/", "ways to pay", "option")
        if not form:
            return
        where = self.send(f"{self.booking}pay/", "pay", form | {"card": "success"})
        self.is_paid = bool(where)
        if where:
            self.page(where, "booking", expected="badge--ok")
            done["confirmed"] += 1

    @task(110)
    def cancel(self) -> None:
        """See what it costs, call it off, and leave."""
        if not self.booking and not self.hold():
            return
        form = self.form(f"{self.booking}cancel/", "what cancelling costs", "expected_fee")
        if form and self.send(f"{self.booking}cancel/", "cancel", form):
            done["cancelled"] += 1
        self.arrive()

    def page(self, path: str, name: str, *, expected: str = "") -> str | None:
        """Read a page, which must hold what is expected; None where it says that nothing is left."""
        with self.client.get(
            path, name=name, headers=READABLE | self.address, catch_response=True
        ) as response:
            if response.status_code in GONE:
                self.refusal(response, name, str(response.status_code))
                return None
            text = response.text or ""
            if response.status_code != HTTPStatus.OK or expected not in text:
                self.fault(response, name, f"without {expected}" if expected else "")
                return None
            response.success()
            return text

    def form(self, path: str, name: str, having: str) -> dict[str, str] | None:
        """The fields, as they stand there, of the page's form that has this one."""
        text = self.page(path, name, expected=f'name="{having}"')
        if text is None:
            return None
        at = text.index(f'name="{having}"')
        return _fields(text[text.rindex("<form", 0, at) : text.index("</form>", at)])

    def send(self, path: str, name: str, form: dict[str, Any]) -> str | None:
        """Send a form; the path where it leads, None where it was refused."""
        with self.client.post(
            path,
            name=name,
            data=urlencode(form),
            headers=READABLE | self.address | {"Content-Type": "application/x-www-form-urlencoded"},
            allow_redirects=False,
            catch_response=True,
        ) as response:
            if response.status_code == HTTPStatus.FOUND:
                response.success()
                return urlsplit(response.headers["Location"]).path
            if response.status_code in GONE:
                self.refusal(response, name, str(response.status_code))
            else:
                self.fault(response, name)
            return None


def _fields(body: str) -> dict[str, str]:
    """Names and values of the inputs; of several to choose from the chosen one."""
    found: dict[str, str] = {}
    for tag in INPUT.findall(body):
        attributes = dict(ATTRIBUTE.findall(tag))
        is_choice = attributes.get("type") in {"radio", "checkbox"}
        if "name" in attributes and (not is_choice or "checked" in tag):
            found[attributes["name"]] = html.unescape(attributes.get("value", ""))
    return found
