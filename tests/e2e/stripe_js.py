"""A stand-in for js.stripe.com and api.stripe.com: enough of `window.Stripe` for our own script to be tried.

Its field asks which card to use; confirming sends that to "api.stripe.com", which the fake account answers, and goes on
to the bank's page or back to us, as Stripe's does.
"""

from __future__ import annotations

import json

from playwright.sync_api import Page, Route

from tests.payments.stripe_fake import StripeFake
from tests.payments.stripe_fake.account import ApiError

SCRIPT = """
window.Stripe = (key, options) => ({
  elements: ({ clientSecret }) => {
    const heard = {};
    const elements = {
      clientSecret,
      create: () => ({
        on: (name, listener) => { heard[name] = listener; },
        mount: (box) => {
          box.innerHTML = '<label>Card number<input id="fake-card"></label>';
          elements.input = box.querySelector("input");
          heard.ready();
        },
      }),
    };
    return elements;
  },
  confirmPayment: async ({ elements, confirmParams }) => {
    const answer = await fetch("https://api.stripe.com/v1/confirm", {
      method: "POST",
      body: JSON.stringify({ key, secret: elements.clientSecret, card: elements.input.value }),
    });
    const { error } = await answer.json();
    if (error) {
      return { error };
    }
    const url = new URL(confirmParams.return_url);
    url.searchParams.set("payment_intent_client_secret", elements.clientSecret);
    window.location.assign(url.href);
    return new Promise(() => {});
  },
});
"""


def stripe_js_route(page: Page, fake: StripeFake) -> list[str]:
    """Answer for Stripe's script and for what it calls; the keys and secrets that the page has sent there."""
    seen: list[str] = []

    def confirm(route: Route) -> None:
        sent = json.loads(route.request.post_data or "{}")
        seen.extend([sent["key"], sent["secret"]])
        intent = next(row for row in fake.account.intents.values() if row["client_secret"] == sent["secret"])
        answer: dict[str, object] = {}
        try:
            fake.account.intent_confirm(intent, sent["card"])
        except ApiError:
            answer = {"error": {"message": "Your card was declined."}}
        route.fulfill(json=answer, headers={"Access-Control-Allow-Origin": "*"})

    page.route(
        "https://js.stripe.com/v3/", lambda route: route.fulfill(body=SCRIPT, content_type="text/javascript")
    )
    page.route("https://api.stripe.com/**", confirm)
    return seen
