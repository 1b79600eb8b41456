/* The front desk: a room of another type asks why only when it is chosen. Without this script it is asked always. */
"use strict";

(function () {
  const why = document.querySelector("[name=room_reason]");
  if (!why) {
    return;
  }
  const field = why.closest(".desk-field");

  function show() {
    const chosen = document.querySelectorAll(".room-choice input:checked");
    field.hidden = !Array.from(chosen).some((choice) => choice.dataset.otherType === "true");
  }

  document.addEventListener("change", show);
  show();
})();
