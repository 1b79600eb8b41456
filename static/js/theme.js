// Light or dark: the reader's choice, else the system's. Loaded in <head> before any style, so nothing flashes.
// Shares the key "theme" and the attribute data-theme with the Django admin, so one choice holds for both.
(() => {
  "use strict";
  const root = document.documentElement;
  const KEY = "theme";

  const read = () => {
    try {
      return window.localStorage.getItem(KEY);
    } catch {
      return null;
    }
  };
  const isDark = () =>
    root.dataset.theme === "dark" ||
    (root.dataset.theme !== "light" && window.matchMedia("(prefers-color-scheme: dark)").matches);

  const stored = read();
  if (stored === "light" || stored === "dark") {
    root.dataset.theme = stored;
  }

  const label = (button) => {
    button.setAttribute("aria-label", isDark() ? button.dataset.toLight : button.dataset.toDark);
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.hidden = false;
      label(button);
      button.addEventListener("click", () => {
        const chosen = isDark() ? "light" : "dark";
        root.dataset.theme = chosen;
        try {
          window.localStorage.setItem(KEY, chosen);
        } catch {
          // Storage is switched off: the choice lasts for this page.
        }
        document.querySelectorAll("[data-theme-toggle]").forEach(label);
      });
    }
  });
})();
