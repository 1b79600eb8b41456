// The tape chart by keyboard: arrow keys pick a bar up and move it, plus and minus change its length, Enter asks, Escape
// puts it back. What happens is said in the live region.
(() => {
  "use strict";
  const api = window.vacancyChart;
  if (!api || !api.mayMove) {
    return;
  }
  const { chart } = api;
  const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
  const ROWS = { ArrowUp: -1, ArrowDown: 1 };

  const rowsShown = () =>
    [...chart.querySelectorAll(".ch-room, .ch-tray")].filter((row) => row.closest("details").open);

  const carriedBy = (bar) => {
    if (api.carried && api.carried.bar === bar) {
      return api.carried;
    }
    if (api.carried || !bar.matches(".s-confirmed, .s-checked_in")) {
      return null;
    }
    const carried = new api.Carried(bar);
    api.say(chart.dataset.picked.replace("%s", bar.textContent.trim()));
    return carried;
  };

  const act = (carried, key) => {
    if (key in STEPS) {
      carried.shift += STEPS[key];
    } else if (key in ROWS) {
      const rows = rowsShown();
      carried.row = rows[rows.indexOf(carried.row) + ROWS[key]] || carried.row;
      carried.row.scrollIntoView({ block: "nearest" });
    } else {
      carried.resize(carried.head, carried.tail + (key === "-" ? -1 : 1));
    }
    carried.draw();
    window.setTimeout(() => api.carried === carried && api.say(carried.told()), 150);
  };

  chart.addEventListener("keydown", (event) => {
    const bar = event.target.closest(".ch-bar");
    if (!bar || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    const { key } = event;
    if (key in STEPS || key in ROWS || key === "+" || key === "-" || key === "=") {
      const carried = carriedBy(bar);
      if (carried) {
        event.preventDefault();
        act(carried, key);
      }
    } else if (api.carried?.bar === bar && key === "Enter") {
      event.preventDefault();
      if (api.carried.isMoved) {
        api.carried.ask();
      } else {
        api.carried.drop();
      }
    } else if (api.carried?.bar === bar && key === "Escape") {
      event.preventDefault();
      api.carried.drop();
      api.say(chart.dataset.back);
    }
  });

  chart.addEventListener("focusout", () => {
    if (api.carried?.bar && api.carried.bar === document.activeElement) {
      return;
    }
    window.setTimeout(() => {
      if (api.carried?.bar && !api.carried.bar.matches(":focus, :active") && !api.carried.isDragged) {
        api.carried.drop();
      }
    }, 0);
  });
})();
