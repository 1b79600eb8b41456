// Small courtesies: a form with data-once is sent once, data-print prints, data-copy copies, the first error gets focus.
(() => {
  "use strict";
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-once]") || event.defaultPrevented) {
      return;
    }
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "true";
    for (const button of form.querySelectorAll("button[type=submit]")) {
      button.setAttribute("aria-disabled", "true");
    }
  });

  // Coming back with the browser's Back button finds a form that can be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelectorAll("button[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
    }
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-print], [data-copy]");
    if (!button) {
      return;
    }
    if (button.dataset.copy === undefined) {
      window.print();
      return;
    }
    await navigator.clipboard.writeText(button.dataset.copy);
    document.body.dispatchEvent(new CustomEvent("toast", { detail: { message: button.dataset.copied } }));
  });

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("button[data-print][hidden], button[data-copy][hidden]")) {
      button.hidden = false;
    }
    const invalid = document.querySelector("form [aria-invalid=true]");
    if (invalid) {
      invalid.focus({ preventScroll: false });
    }
  });
})();
