// Counts down to data-deadline (an ISO instant). Without this the clock time of the deadline stands there.
(() => {
  "use strict";
  const WARN_SECONDS = 120;

  const start = (box) => {
    const deadline = Date.parse(box.dataset.deadline);
    const time = box.querySelector("[data-countdown-time]");
    const news = box.querySelector("[data-countdown-news]");
    if (Number.isNaN(deadline) || !time) {
      return;
    }
    let warned = false;
    let timer = 0;

    const tick = () => {
      const seconds = Math.max(0, Math.ceil((deadline - Date.now()) / 1000));
      const minutes = String(Math.floor(seconds / 60)).padStart(2, "0");
      time.textContent = `${minutes}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds <= WARN_SECONDS && !warned) {
        warned = true;
        box.classList.add("countdown--soon");
        news.textContent = box.dataset.warning;
      }
      if (seconds === 0) {
        window.clearInterval(timer);
        news.textContent = box.dataset.expired;
        if (box.dataset.expiredUrl) {
          window.location.assign(box.dataset.expiredUrl);
        }
      }
    };

    time.hidden = false;
    timer = window.setInterval(tick, 1000);
    tick();
  };

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-deadline]").forEach(start);
  });
})();
