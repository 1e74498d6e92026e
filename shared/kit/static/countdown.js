/* Counts the time of a round down. The page's own clock may be wrong, so the server's moment stands beside the end. */
"use strict";

const shown = new WeakMap();

function offsetOf(timer) {
  if (!shown.has(timer)) {
    shown.set(timer, Number(timer.dataset.now) - Date.now() / 1000);
  }
  return shown.get(timer);
}

function tick() {
  for (const timer of document.querySelectorAll("[data-ends-at]")) {
    const left = Math.max(0, Math.ceil(Number(timer.dataset.endsAt) - Date.now() / 1000 - offsetOf(timer)));
    timer.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  }
}

setInterval(tick, 250);
