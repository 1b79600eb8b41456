// Stripe's field for a card. What is typed there goes from the browser to Stripe, and never to us.
(() => {
  "use strict";

  const read = (id) => JSON.parse(document.getElementById(id).textContent);

  const isDark = () =>
    document.documentElement.dataset.theme === "dark" ||
    (document.documentElement.dataset.theme !== "light" &&
      window.matchMedia("(prefers-color-scheme: dark)").matches);

  const start = (form) => {
    const box = form.querySelector("[data-card-field]");
    const button = form.querySelector("button[type=submit]");
    const alert = document.querySelector("[data-card-error]");
    const told = alert.querySelector("[data-card-error-text]");

    const complain = (text) => {
      told.textContent = text;
      alert.hidden = !text;
      if (text) {
        alert.focus();
      }
    };

    const busy = (isBusy) => {
      form.dataset.busy = isBusy ? "true" : "";
      button.setAttribute("aria-disabled", String(isBusy));
    };

    if (typeof window.Stripe !== "function") {
      complain(form.dataset.unreachable);
      button.hidden = true;
      return;
    }

    const client = read("stripe-client");
    const stripe = window.Stripe(client.publishableKey, { locale: client.locale });
    const elements = stripe.elements({
      clientSecret: client.clientSecret,
      appearance: {
        theme: isDark() ? "night" : "stripe",
        variables: { colorText: getComputedStyle(form).color, fontFamily: "system-ui, sans-serif" },
      },
    });
    const field = elements.create("payment");
    field.on("loaderror", () => complain(form.dataset.unreachable));
    field.on("ready", () => busy(false));
    busy(true);
    field.mount(box);

    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (form.dataset.busy) {
        return;
      }
      busy(true);
      complain("");
      const { error } = await stripe.confirmPayment({
        elements,
        confirmParams: { return_url: client.returnUrl },
      });
      // Without an error the browser is on its way to the bank, or back to us.
      if (error) {
        complain(error.message || form.dataset.failed);
        busy(false);
      }
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("form[data-stripe]").forEach(start);
  });
})();
