// Dragging on the tape chart: bars to other rooms and dates, their ends to other days, and empty days to book or close.
(() => {
  "use strict";
  const api = window.vacancyChart;
  if (!api || !api.mayMove) {
    return;
  }
  const { chart } = api;
  const THRESHOLD_PX = 5;
  const EDGE_PX = 9;
  const SCROLL_PX = 40;
  const HOLD_MS = 350;
  let press = null;

  const halfWidth = (lane) => lane.getBoundingClientRect().width / (api.days * 2);

  const dayAt = (lane, x) => {
    const day = Math.floor((x - lane.getBoundingClientRect().left) / (halfWidth(lane) * 2));
    return Math.max(0, Math.min(api.days - 1, day));
  };

  const rowAt = (event) =>
    document
      .elementsFromPoint(event.clientX, event.clientY)
      .map((element) => element.closest(".ch-room, .ch-tray"))
      .find(Boolean);

  const begin = () => {
    press.isOn = true;
    if (press.bar) {
      press.carried = new api.Carried(press.bar);
      press.carried.isDragged = true;
    } else {
      press.ghost = document.createElement("i");
      press.ghost.className = "ch-ghost";
      press.lane.append(press.ghost);
      api.carried = press;
    }
  };

  const follow = (event) => {
    if (press.carried) {
      const moved = Math.round((event.clientX - press.x + chart.scrollLeft - press.scroll) / (halfWidth(press.lane) * 2));
      const { carried } = press;
      if (press.edge === "end") {
        carried.resize(0, moved);
      } else if (press.edge === "start") {
        carried.resize(moved, 0);
      } else {
        carried.shift = moved;
        carried.row = rowAt(event) || carried.row;
      }
      carried.draw();
    } else {
      const last = dayAt(press.lane, event.clientX);
      press.from = Math.min(press.day, last);
      press.to = Math.max(press.day, last) + 1;
      api.place(press.ghost, press.from * 2 + 1, (press.to - press.from) * 2);
    }
    const box = chart.getBoundingClientRect();
    const pull = (at, low, high) => (at < low + SCROLL_PX ? -12 : at > high - SCROLL_PX ? 12 : 0);
    chart.scrollBy(pull(event.clientX, box.left, box.right), pull(event.clientY, box.top, box.bottom));
  };

  const end = () => {
    window.clearTimeout(press.timer);
    press.ghost?.remove();
    api.carried = null;
    const ended = press;
    press = null;
    return ended;
  };

  const release = () => {
    const ended = end();
    if (!ended.isOn) {
      return;
    }
    window.addEventListener("click", (event) => event.stopPropagation() || event.preventDefault(), {
      capture: true,
      once: true,
    });
    window.setTimeout(() => window.dispatchEvent(new MouseEvent("click", { bubbles: false })), 0);
    if (ended.carried) {
      if (ended.carried.isMoved) {
        ended.carried.ask();
      } else {
        ended.carried.drop();
      }
    } else if (ended.to) {
      const first = chart.dataset.first;
      const url = chart.dataset.roomUrl.replace("/0/", `/${ended.lane.closest(".ch-room").dataset.room}/`);
      const nights = `start=${api.dayAfter(first, ended.from)}&end=${api.dayAfter(first, ended.to)}`;
      api.open(`${url}?${nights}&${chart.dataset.query}`, null);
    }
  };

  chart.addEventListener("pointerdown", (event) => {
    const lane = event.target.closest(".ch-room .ch-lane, .ch-tray .ch-lane");
    const bar = event.target.closest(".ch-bar");
    const isFree = lane && event.target === lane && lane.closest(".ch-room");
    if (event.button !== 0 || press || api.carried || !lane || !(bar || isFree)) {
      return;
    }
    if (bar && !bar.matches(".s-confirmed, .s-checked_in")) {
      return;
    }
    press = { x: event.clientX, y: event.clientY, lane, bar, scroll: chart.scrollLeft, edge: "" };
    press.isTouch = event.pointerType === "touch";
    if (bar) {
      const box = bar.getBoundingClientRect();
      const edge = Math.min(press.isTouch ? EDGE_PX * 2 : EDGE_PX, box.width / 4);
      if (event.clientX > box.right - edge && bar.dataset.end === bar.dataset.departure) {
        press.edge = "end";
      } else if (event.clientX < box.left + edge && bar.dataset.start === bar.dataset.arrival) {
        press.edge = "start";
      }
    } else {
      press.day = dayAt(lane, event.clientX);
    }
    if (press.isTouch) {
      press.timer = window.setTimeout(begin, HOLD_MS);
    }
  });

  document.addEventListener("pointermove", (event) => {
    if (!press) {
      return;
    }
    const far = Math.hypot(event.clientX - press.x, event.clientY - press.y) > THRESHOLD_PX;
    if (!press.isOn && far) {
      if (press.isTouch) {
        end(); // somebody scrolls
        return;
      }
      begin();
    }
    if (press.isOn) {
      follow(event);
    }
  });

  document.addEventListener("pointerup", () => press && release());
  document.addEventListener("pointercancel", () => press && !press.isOn && end());
  document.addEventListener("touchmove", (event) => press?.isOn && event.preventDefault(), { passive: false });
  chart.addEventListener("dragstart", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && press) {
      press.carried?.drop();
      end();
    }
  });
})();
