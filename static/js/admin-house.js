/* Names for the controls of Django's admin that have none: its choice boxes with search, and an empty table heading. */
"use strict";

(function () {
  function nameChoice(select) {
    const label = select.labels && select.labels[0];
    const name = (label && label.textContent.replace(/:\s*$/, "").trim()) || select.getAttribute("aria-label");
    const box = select.nextElementSibling;
    if (!name || !box || !box.classList.contains("select2")) {
      return;
    }
    box.querySelector(".select2-selection").removeAttribute("aria-labelledby");
    box
      .querySelectorAll(".select2-selection, .select2-selection__rendered, .select2-search__field")
      .forEach((part) => part.setAttribute("aria-label", name));
  }

  function nameAll() {
    document.querySelectorAll("select.select2-hidden-accessible").forEach(nameChoice);
    document.querySelectorAll("th:empty").forEach((cell) => cell.setAttribute("role", "presentation"));
  }

  function isChoice(node) {
    return node instanceof Element && (node.matches(".select2") || node.querySelector(".select2") !== null);
  }

  new MutationObserver((changes) => {
    if (changes.some((change) => Array.from(change.addedNodes).some(isChoice))) {
      nameAll();
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", nameAll);
})();
