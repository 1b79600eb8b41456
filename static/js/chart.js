// The tape chart: its dialog, what is folded, searching while typing, and where things are. Without it every bar is a
// link to a page that does the same.
(() => {
  "use strict";
  const chart = document.getElementById("chart");
  if (!chart) {
    return;
  }
  const DAY_MS = 86400000;
  const FOLDED = "chart-folded";
  const dialog = document.getElementById("ch-dialog");
  const live = document.getElementById("ch-live");
  const days = Number(chart.dataset.days);
  const first = Date.parse(`${chart.dataset.first}T00:00:00Z`);
  let opener = "";

  const dayAfter = (iso, count) => new Date(Date.parse(`${iso}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
  const offsetOf = (iso) => Math.round((Date.parse(`${iso}T00:00:00Z`) - first) / DAY_MS);
  const shown = (iso) =>
    new Date(`${iso}T00:00:00Z`).toLocaleDateString(document.documentElement.lang, {
      day: "numeric",
      month: "long",
      timeZone: "UTC",
    });

  const place = (element, start, length) => {
    const begin = Math.max(0, start);
    const width = Math.max(1, Math.min(start + length, days * 2) - begin);
    element.className = element.className.replace(/\b[abcd]\d+\b/g, "").trim();
    element.classList.add(`a${begin >> 5}`, `b${begin & 31}`, `c${width >> 5}`, `d${width & 31}`);
  };

  const say = (text) => {
    live.textContent = text;
  };

  const open = (url, from) => {
    opener = from ? from.id : "";
    window.htmx.ajax("GET", url, { target: "#ch-dialog-body", swap: "innerHTML" }).then(() => {
      if (!dialog.open) {
        dialog.showModal();
      }
      const start = dialog.querySelector("[data-confirm], select, input:not([type=hidden]), a.button");
      if (start) {
        start.focus();
      }
    });
  };

  const focusAgain = () => {
    if (!opener || (document.activeElement && document.activeElement !== document.body)) {
      return;
    }
    const stay = opener.split("-").slice(0, 3).join("-");
    const bar = document.getElementById(opener) || chart.querySelector(`.ch-bar[id^="${stay}-"]`);
    if (bar) {
      bar.focus();
    }
  };

  // One bar on its way to another place. Nothing is changed by it but what is drawn.
  class Carried {
    constructor(bar) {
      this.bar = bar;
      this.data = bar.dataset;
      this.home = bar.closest(".ch-row");
      this.row = this.home;
      this.shift = 0;
      this.head = 0;
      this.tail = 0;
      this.ghost = document.createElement("i");
      this.ghost.className = "ch-ghost";
      bar.classList.add("picked");
      window.vacancyChart.carried = this;
      this.draw();
    }

    get start() {
      return dayAfter(this.data.start, this.shift + this.head);
    }

    get end() {
      return dayAfter(this.data.end, this.shift + this.tail);
    }

    get isMoved() {
      return this.row !== this.home || this.shift !== 0 || this.head !== 0 || this.tail !== 0;
    }

    resize(head, tail) {
      const nights = offsetOf(this.data.end) - offsetOf(this.data.start);
      this.head = Math.min(head, nights - 1);
      this.tail = Math.max(tail, 1 - nights);
    }

    draw() {
      const from = offsetOf(this.start) * 2 + 1;
      place(this.ghost, from, offsetOf(this.end) * 2 + 1 - from);
      this.row.querySelector(".ch-lane").append(this.ghost);
    }

    told() {
      const room = this.row.dataset.number || "–";
      return chart.dataset.at.replace("%r", room).replace("%a", shown(this.start)).replace("%d", shown(this.end));
    }

    drop() {
      this.bar.classList.remove("picked");
      this.ghost.remove();
      window.vacancyChart.carried = null;
    }

    ask() {
      const url = new URL(this.bar.href);
      const arrival = dayAfter(this.data.arrival, this.shift + this.head);
      url.searchParams.set("arrival", arrival);
      url.searchParams.set("departure", dayAfter(this.data.departure, this.shift + this.tail));
      if (this.row !== this.home) {
        url.searchParams.set("room", this.row.dataset.room || "");
      }
      const bar = this.bar;
      this.drop();
      open(url.pathname + url.search, bar);
    }
  }

  window.vacancyChart = {
    chart,
    days,
    carried: null,
    mayMove: "mayMove" in chart.dataset,
    Carried,
    dayAfter,
    open,
    place,
    say,
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".ch-bar, .ch-closed, .ch-room > a.ch-label, [data-dialog]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) {
      return;
    }
    event.preventDefault();
    open(link.getAttribute("href"), link);
  });

  document.body.addEventListener("chart-changed", () => dialog.close());
  dialog.addEventListener("close", () => window.setTimeout(focusAgain, 0));

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.matches(".ch-rows") && window.vacancyChart.carried) {
      event.preventDefault(); // not under the hand of somebody who moves a bar
    }
  });

  const folded = () => new Set(JSON.parse(window.sessionStorage.getItem(FOLDED) || "[]"));
  const fold = () => {
    for (const key of folded()) {
      document.getElementById(key)?.removeAttribute("open");
    }
  };
  chart.addEventListener(
    "toggle",
    (event) => {
      const keys = folded();
      keys[event.target.open ? "delete" : "add"](event.target.id);
      window.sessionStorage.setItem(FOLDED, JSON.stringify([...keys]));
    },
    true,
  );

  const search = document.getElementById("ch-q");
  const find = () => {
    const text = search.value.trim().toLocaleLowerCase();
    chart.classList.toggle("has-search", text !== "");
    for (const bar of chart.querySelectorAll(".ch-bar")) {
      const hit = text !== "" && bar.getAttribute("aria-label").toLocaleLowerCase().includes(text);
      bar.classList.toggle("hit", hit);
      bar.classList.toggle("miss", text !== "" && !hit);
    }
  };
  search.addEventListener("input", find);

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.matches(".ch-rows, .ch")) {
      fold();
      find();
      focusAgain();
    }
  });
  fold();
})();
