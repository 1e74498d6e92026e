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
    const text = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    if (timer.textContent !== text) {
      timer.textContent = text;
    }
  }
}

setInterval(tick, 250);
// A part of the page that was fetched anew holds the end in words: it is counted down before anybody sees it.
new MutationObserver(tick).observe(document.documentElement, { childList: true, subtree: true });
