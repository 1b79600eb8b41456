// With JavaScript a card can be typed on our page, in the provider's field; without, on the provider's page.
(() => {
  "use strict";
  document.addEventListener("DOMContentLoaded", () => {
    for (const flow of document.querySelectorAll("input[data-flow]")) {
      flow.value = "element";
    }
  });
})();
