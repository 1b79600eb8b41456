"use strict";

// The grid of prices as a place to choose nights: drag over prices, or move with the arrow keys and extend with Shift.
// What is chosen is filled into the form below; Enter goes there. Without this the form is filled in by hand.
(function () {
  const table = document.querySelector("[data-rate-grid]");
  const form = document.querySelector("form.rate-edit");
  if (!table || !form) {
    return;
  }
  const first = new Date(`${form.dataset.nights}T00:00:00Z`);
  const rows = Array.from(table.querySelectorAll("tr[data-rate-plan]"));
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  form.before(status);
  let from = null;
  let to = null;
  let isDragging = false;

  const cellAt = (row, column) => rows[row] && rows[row].cells[column + 1];
  const placeOf = (cell) => ({ row: rows.indexOf(cell.parentElement), column: cell.cellIndex - 1 });
  const night = (column) => {
    const day = new Date(first);
    day.setUTCDate(day.getUTCDate() + column);
    return day.toISOString().slice(0, 10);
  };

  function box() {
    return {
      top: Math.min(from.row, to.row),
      bottom: Math.max(from.row, to.row),
      left: Math.min(from.column, to.column),
      right: Math.max(from.column, to.column),
    };
  }

  function tick(name, values) {
    form.querySelectorAll(`input[name="${name}"]`).forEach((input) => {
      input.checked = values.has(input.value);
    });
  }

  function show() {
    const chosen = box();
    rows.forEach((row, place) => {
      Array.from(row.cells).forEach((cell, index) => {
        const column = index - 1;
        const isIn =
          place >= chosen.top && place <= chosen.bottom && column >= chosen.left && column <= chosen.right;
        cell.classList.toggle("chosen", column >= 0 && isIn);
      });
    });
    form.elements.first.value = night(chosen.left);
    form.elements.last.value = night(chosen.right);
    const within = rows.slice(chosen.top, chosen.bottom + 1);
    tick("room_types", new Set(within.map((row) => row.dataset.roomType)));
    tick("rate_plans", new Set(within.map((row) => row.dataset.ratePlan)));
  }

  function choose(place, isMore) {
    if (!cellAt(place.row, place.column)) {
      return;
    }
    to = place;
    from = isMore && from ? from : place;
    show();
    rows.forEach((row) => Array.from(row.cells).forEach((cell) => cell.removeAttribute("tabindex")));
    const cell = cellAt(place.row, place.column);
    cell.tabIndex = 0;
    cell.focus({ preventScroll: isDragging });
  }

  table.addEventListener("pointerdown", (event) => {
    const cell = event.target.closest("tr[data-rate-plan] td");
    if (cell && event.button === 0 && event.pointerType !== "touch") {
      isDragging = true;
      event.preventDefault();
      choose(placeOf(cell), event.shiftKey);
    }
  });
  table.addEventListener("pointerover", (event) => {
    const cell = isDragging && event.target.closest("tr[data-rate-plan] td");
    if (cell) {
      choose(placeOf(cell), true);
    }
  });
  document.addEventListener("pointerup", () => {
    if (isDragging) {
      isDragging = false;
      status.textContent = form.dataset.selected;
    }
  });
  table.addEventListener("click", (event) => {
    const cell = event.target.closest("tr[data-rate-plan] td");
    if (cell && event.pointerType === "touch") {
      choose(placeOf(cell), from !== null && to === from);
    }
  });
  table.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const cell = event.target.closest("tr[data-rate-plan] td");
    if (cell && steps[event.key]) {
      const [down, right] = steps[event.key];
      const place = placeOf(cell);
      event.preventDefault();
      choose({ row: place.row + down, column: place.column + right }, event.shiftKey);
    } else if (cell && event.key === "Enter") {
      event.preventDefault();
      status.textContent = form.dataset.selected;
      form.elements.value.focus();
    }
  });
  const start = cellAt(0, 0);
  if (start) {
    start.tabIndex = 0;
  }
})();
