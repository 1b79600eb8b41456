// What a failed htmx request tells the reader, and toasts sent by the server (HX-Trigger: {"toast": {"message": …}}).
(() => {
  "use strict";
  const TOAST_SECONDS = 8;

  const show = (message, level) => {
    const region = document.getElementById("toasts");
    if (!region || !message) {
      return;
    }
    const toast = document.createElement("div");
    toast.className = level === "error" ? "toast toast--error" : "toast";
    const text = document.createElement("p");
    text.textContent = message;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "icon-button";
    close.setAttribute("aria-label", region.dataset.close);
    close.textContent = "×";
    close.addEventListener("click", () => toast.remove());
    toast.append(text, close);
    region.append(toast);
    window.setTimeout(() => {
      if (!toast.contains(document.activeElement) && !toast.matches(":hover")) {
        toast.remove();
      }
    }, TOAST_SECONDS * 1000);
  };

  const words = () => document.getElementById("toasts").dataset;

  document.addEventListener("toast", (event) => show(event.detail.message, event.detail.level));
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    show(status === 429 || status === 503 ? words().busy : words().failed, "error");
  });
  document.addEventListener("htmx:sendError", () => show(words().offline, "error"));
  document.addEventListener("htmx:timeout", () => show(words().offline, "error"));
})();
