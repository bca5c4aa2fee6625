// A value in -1..1 on its colour, as the course has it (course/colour.py), a little lighter: see-through, so that it suits both themes.

const HIGH = "178, 24, 43", LOW = "33, 102, 172"; // the ends of RdBu_r
export const LEVELS = 8;

/** The level, -8..8, of a letter that live.py writes for a value: "a" is -1, "i" 0, "q" 1. */
export const levelOf = (letter) => letter.charCodeAt(0) - 105;

/** The colour of a level, or of any number in -8..8. */
export function colourOf(level) {
  const strength = Math.min(1, Math.abs(level) / LEVELS);
  return strength < 0.01 ? "transparent" : `rgba(${level > 0 ? HIGH : LOW}, ${(0.6 * strength).toFixed(2)})`;
}

export const PAINTS = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [String.fromCharCode(97 + i), colourOf(i - 8)]));

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

export const calm = matchMedia("(prefers-reduced-motion: reduce)");
export const dark = matchMedia("(prefers-color-scheme: dark)");
