// A value in -1..1 on its colour, as the course has it (course/colour.py), a little lighter: see-through, so that it suits both themes.

const LIGHT = ["33, 102, 172", "178, 24, 43", 0.6]; // the ends of RdBu_r, and how much of them the strongest colour has
const DARK = ["72, 144, 214", "224, 72, 88", 0.65]; // the same two hues, to be seen on a dark page
export const LEVELS = 8;

/** The level, -8..8, of a letter that live.py writes for a value: "a" is -1, "i" 0, "q" 1. */
export const levelOf = (letter) => letter.charCodeAt(0) - 105;

function mixed([low, high, most], level) {
  const strength = Math.min(1, Math.abs(level) / LEVELS);
  return strength < 0.01 ? "transparent" : `rgba(${level > 0 ? high : low}, ${(most * strength).toFixed(2)})`;
}

/** The colour of a level, or of any number in -8..8, for CSS: it follows the theme by itself. */
export const colourOf = (level) => `light-dark(${mixed(LIGHT, level)}, ${mixed(DARK, level)})`;

const everyLetter = (paint) => Object.fromEntries(Array.from({ length: 17 }, (_, i) => [String.fromCharCode(97 + i), paint(i - 8)]));
export const PAINTS = everyLetter(colourOf); // by letter
const INKS = { light: everyLetter((level) => mixed(LIGHT, level)), dark: everyLetter((level) => mixed(DARK, level)) };

/** The same by letter for a canvas, which has to be told the theme. */
export const inks = () => INKS[isDark() ? "dark" : "light"];

export const calm = matchMedia("(prefers-reduced-motion: reduce)");
export const dark = matchMedia("(prefers-color-scheme: dark)");
function isDark() {
  const { theme } = document.documentElement.dataset; // the reader's own choice, from the course's pages
  return theme === "dark" || (theme !== "light" && dark.matches);
}

/** A number for people: a true minus, and as many decimals as asked for. */
export const shown = (value, decimals = 2) => {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
};

/** A character to be seen. */
export const visible = (char) => ({ "\n": "↵", " ": "␣", "\t": "⇥" })[char] ?? char;

/** What a character is called when it is read aloud. */
export const spoken = (char) => ({ "\n": "line end", " ": "space", "\t": "tab" })[char] ?? char;

/** Fit a canvas to the screen's pixels; return its drawing context, in CSS pixels. */
export function sized(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** One of the page's colours, by its name in style.css. */
export function themed(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}
const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);
