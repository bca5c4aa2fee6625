// Opens what is folded around the place that an address names.
"use strict";

function reveal() {
  const place = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!place) return;
  place.querySelectorAll(":scope > details.check").forEach((fold) => { fold.open = true; });
  for (let fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  place.scrollIntoView();
}

addEventListener("hashchange", reveal);

// An equation that is a little too wide gets smaller letters; what is wider still is scrolled.
const LEAST = 0.8;
function fit() {
  const boxes = [...document.querySelectorAll("div.math")];
  for (const box of boxes) box.style.fontSize = "";
  const shares = boxes.map((box) => box.clientWidth / box.scrollWidth);
  boxes.forEach((box, i) => { if (shares[i] < 1) box.style.fontSize = `${Math.max(LEAST, 0.99 * shares[i])}em`; });
}

// What can be scrolled can be reached with the keyboard.
function reach() {
  fit();
  for (const box of document.querySelectorAll("div.math, mjx-container, pre")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
}

addEventListener("resize", reach);
addEventListener("toggle", reach, true);
addEventListener("load", () => {
  // The theme's button is called "Search" aloud, but shows more; what is heard should be what is seen.
  for (const button of document.querySelectorAll(".search-button-field")) {
    button.setAttribute("aria-label", button.innerText.replace(/\s+/g, " ").trim() || "Search");
  }
  // Equations grow when they are typeset, and move what is below.
  (window.MathJax?.startup?.promise ?? Promise.resolve()).then(() => {
    reach();
    if (location.hash) reveal();
  });
});

// On paper everything is open, and on white.
let theme, closed;
addEventListener("beforeprint", () => {
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
  closed = document.querySelectorAll("details:not([open])");
  closed.forEach((fold) => { fold.open = true; });
});
addEventListener("afterprint", () => {
  document.documentElement.dataset.theme = theme;
  closed.forEach((fold) => { fold.open = false; });
});
