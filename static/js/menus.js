// <details data-menu> works without this; with it, Escape and a click elsewhere close it and one opens at a time.
(() => {
  "use strict";
  const open = () => document.querySelectorAll("details[data-menu][open]");

  document.addEventListener("click", (event) => {
    for (const menu of open()) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") {
      return;
    }
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  document.addEventListener("focusin", (event) => {
    for (const menu of open()) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    }
  });
})();
