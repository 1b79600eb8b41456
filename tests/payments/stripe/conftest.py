"""Two Stripes to test against over HTTP: the `localstripe` package in a process of its own, and the fake of ours."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import Any, Protocol

import httpx
import pytest

from payments.models import Folio
from tests.concurrency.server import free_port
from tests.factories.payments import folio_charged
from tests.payments.stripe_fake import StripeFake
from tests.payments.stripe_fake.server import SECRET_KEY, WEBHOOK_SECRET
from tests.payments.stripe_fake.switch import stripe_let_go, stripe_switch_on

START_SECONDS = 180


class Provider(Protocol):
    """A Stripe, and the guest who sits in front of its field."""

    url: str

    def guest_pays(self, intent_id: str, card: str) -> None:
        """Send a card for an intent: ``visa``, ``declined`` or ``3ds``."""
        ...

    def guest_answers(self, intent_id: str, *, approved: bool) -> None:
        """Answer the bank's question."""
        ...

    def intents(self) -> list[dict[str, Any]]:
        """Every PaymentIntent."""
        ...


class FakeProvider:
    """The fake of ours."""

    cards = {
        "visa": "pm_card_visa",
        "declined": "pm_card_chargeCustomerFail",
        "3ds": "pm_card_threeDSecureRequired",
    }

    def __init__(self, fake: StripeFake) -> None:
        self.fake = fake
        self.url = fake.url

    def guest_pays(self, intent_id: str, card: str) -> None:
        from tests.payments.stripe_fake.account import ApiError

        try:
            self.fake.account.intent_confirm(self.fake.account.intents[intent_id], self.cards[card])
        except ApiError:
            assert card == "declined"

    def guest_answers(self, intent_id: str, *, approved: bool) -> None:
        self.fake.account.intent_authenticate(self.fake.account.intents[intent_id], approved=approved)

    def intents(self) -> list[dict[str, Any]]:
        return list(self.fake.account.intents.values())


class LocalStripe:
    """The `localstripe` package. The guest's browser is played with the secret key: it offers nothing else."""

    numbers = {"visa": "4242424242424242", "declined": "4000000000000341", "3ds": "4000002500003155"}

    def __init__(self, url: str) -> None:
        self.url = url
        self._http = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {SECRET_KEY}"})

    def guest_pays(self, intent_id: str, card: str) -> None:
        method = self._http.post(
            "/v1/payment_methods",
            data={
                "type": "card",
                "card[number]": self.numbers[card],
                "card[exp_month]": "12",
                "card[exp_year]": "2040",
                "card[cvc]": "123",
            },
        ).json()
        self._http.post(f"/v1/payment_intents/{intent_id}", data={"payment_method": method["id"]})
        self._http.post(f"/v1/payment_intents/{intent_id}/confirm")

    def guest_answers(self, intent_id: str, *, approved: bool) -> None:
        secret = self._http.get(f"/v1/payment_intents/{intent_id}").json()["client_secret"]
        self._http.post(
            f"/v1/payment_intents/{intent_id}/_authenticate",
            data={"client_secret": secret, "success": str(approved).lower()},
        )

    def intents(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self._http.get("/v1/payment_intents", params={"limit": 100}).json()[
            "data"
        ]
        return rows

    def flush(self) -> None:
        self._http.delete("/_config/data")

    def webhook(self, url: str) -> None:
        """Send the events there from now on, signed."""
        self._http.post("/_config/webhooks/tests", json={"url": url, "secret": WEBHOOK_SECRET})

    def close(self) -> None:
        self._http.close()


@pytest.fixture(scope="session")
def localstripe_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStripe]:
    """Start the package on a free port, once for all tests."""
    port = free_port()
    log = (tmp_path_factory.mktemp("localstripe") / "log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"],
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )
    provider = LocalStripe(f"http://127.0.0.1:{port}")
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            provider.flush()
            break
        except httpx.HTTPError:
            assert process.poll() is None, "localstripe did not start"
            assert time.monotonic() < deadline, "localstripe does not answer"
            time.sleep(0.1)
    yield provider
    provider.close()
    process.terminate()
    process.wait(timeout=10)
    log.close()


@pytest.fixture
def fake() -> Iterator[StripeFake]:
    server = StripeFake()
    yield server
    server.close()


@pytest.fixture(params=["fake", "localstripe"])
def provider(request: pytest.FixtureRequest, stripe_on: Any, monkeypatch: pytest.MonkeyPatch) -> Provider:
    """Each of the two in turn, with the settings pointing at it; on a busy machine it may take its time."""
    monkeypatch.setattr("payments.gateways.stripe.client.READ_TIMEOUT_SECONDS", 60)
    if request.param == "fake":
        server: Any = FakeProvider(request.getfixturevalue("fake"))
    else:
        server = request.getfixturevalue("localstripe_process")
        server.flush()
    stripe_on(server.url)
    return server


@pytest.fixture
def stripe_on(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Switch Stripe on, at an address; pauses between tries last no time."""

    monkeypatch.setattr("core.resilience.retry.pause_seconds", lambda _attempt: 0.0)
    yield partial(stripe_switch_on, settings)
    stripe_let_go()


@pytest.fixture
def on_fake(fake: StripeFake, stripe_on: Any) -> StripeFake:
    """The fake of ours alone, switched on."""
    stripe_on(fake.url)
    return fake


def stripe_folio(*amounts: str, **fields: Any) -> Folio:
    """A folio of a property that takes cards through Stripe."""
    return folio_charged(*amounts, property__gateways=["stripe"], **fields)
