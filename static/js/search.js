// Search form: departure follows arrival, ages appear for as many children as there are, the guests sum up.
(() => {
  "use strict";
  const DAY_MS = 24 * 60 * 60 * 1000;
  const iso = (time) => new Date(time).toISOString().slice(0, 10);

  const linkDates = (form) => {
    const arrival = form.querySelector("[data-arrival]");
    const departure = form.querySelector("[data-departure]");
    if (!arrival || !departure) {
      return;
    }
    let nights = Math.max(1, Math.round((departure.valueAsNumber - arrival.valueAsNumber) / DAY_MS) || 1);
    const follow = () => {
      if (Number.isNaN(arrival.valueAsNumber)) {
        return;
      }
      departure.min = iso(arrival.valueAsNumber + DAY_MS);
      if (Number.isNaN(departure.valueAsNumber) || departure.valueAsNumber <= arrival.valueAsNumber) {
        departure.value = iso(arrival.valueAsNumber + nights * DAY_MS);
      }
    };
    arrival.addEventListener("change", follow);
    departure.addEventListener("change", () => {
      nights = Math.max(1, Math.round((departure.valueAsNumber - arrival.valueAsNumber) / DAY_MS) || nights);
    });
    follow();
  };

  const linkAges = (form) => {
    const children = form.querySelector("select[data-children]");
    const ages = form.querySelector("[data-ages]");
    if (!children || !ages) {
      return;
    }
    const update = () => {
      const count = Number(children.value);
      ages.hidden = count === 0;
      ages.querySelectorAll("select").forEach((select, index) => {
        select.hidden = index >= count;
        select.disabled = index >= count;
      });
    };
    children.addEventListener("change", update);
    update();
  };

  const linkGuests = (form) => {
    const adults = form.querySelector("select[data-adults]");
    const children = form.querySelector("select[data-children]");
    const rooms = form.querySelector("select[data-rooms]");
    const summary = form.querySelector("[data-guest-summary]");
    if (!adults || !children || !rooms || !summary) {
      return;
    }
    const words = (count, one, many) => `${count} ${count === 1 ? one : many}`;
    const update = () => {
      const count = Number(children.value);
      const text = summary.dataset;
      const parts = [words(Number(adults.value), text.adultsOne, text.adults)];
      if (count > 0) {
        parts.push(words(count, text.childrenOne, text.children));
      }
      parts.push(words(Number(rooms.value), text.roomsOne, text.rooms));
      summary.textContent = parts.join(", ");
    };
    form.addEventListener("change", update);
    update();
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("form[data-search]")) {
      linkDates(form);
      linkAges(form);
      linkGuests(form);
    }
  });
})();
