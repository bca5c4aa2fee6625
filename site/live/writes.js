// It writes: a text that grows, one unit's value behind each letter, the whole hidden state, and what was expected.

import { calm, dark, inks, levelOf, PAINTS, shown, sized, spoken, themed, visible } from "./colour.js";

const SPEEDS = [5, 15, 40, 150, 500, 1e6]; // characters a second
const PRESS = 600; // characters that one press of the button writes
const FULL = 4000; // characters that the page holds
const BARS = 8; // characters whose probability is shown
const $ = (id) => document.getElementById(id);

export function writes(recorded, engine) {
  const text = $("text"), canvas = $("units"), message = $("writes-message");
  let chars = [], shades = [], spans = []; // of what is on the page
  let given = 0; // characters of the prompt
  let coming = []; // [character, shades] that wait to be drawn
  let wanted = 0; // characters that are still to be asked for
  let writing = false, asking = false, fromRecord = true, follow = true;
  let cursor = -1, unit = recorded.units[0].unit, columns = 64, size = recorded.hidden_size;
  let run = 0; // a new number whenever the text is begun anew: answers to the old one are dropped
  let owed = 0, before = 0, reported = 0;

  // ---- settings

  const settings = () => {
    const k = Number($("top-k").value), p = Number($("top-p").value);
    const asked = { temperature: Number($("temperature").value) };
    if (k < Number($("top-k").max)) asked.top_k = k;
    if (p < 1) asked.top_p = p;
    return asked;
  };
  const speed = () => SPEEDS[Number($("speed").value)];
  function showSettings() {
    const k = $("top-k"), pace = speed();
    $("temperature-shown").textContent = Number($("temperature").value).toFixed(2);
    $("top-k-shown").textContent = k.value === k.max ? "all" : k.value;
    $("top-p-shown").textContent = Number($("top-p").value).toFixed(2);
    $("speed-shown").textContent = pace > 1000 ? "fastest" : pace;
    $("speed").setAttribute("aria-valuetext", pace > 1000 ? "fastest" : `${pace} characters a second`);
  }

  // ---- the text

  function clear() {
    text.replaceChildren();
    [chars, shades, spans, coming, cursor, given] = [[], [], [], [], -1, 0];
    run += 1;
    owed = 0;
  }

  function append(pairs, isGiven = false) {
    const atEnd = text.scrollHeight - text.scrollTop - text.clientHeight < 40;
    const part = document.createDocumentFragment();
    for (const [char, shade] of pairs) {
      const span = document.createElement("span");
      span.textContent = char === "\n" ? "↵\n" : char;
      span.place = chars.length;
      span.style.backgroundColor = PAINTS[shade[unit]];
      if (isGiven) span.className = "given";
      chars.push(char);
      shades.push(shade);
      spans.push(span);
      part.append(span);
    }
    text.append(part);
    if (isGiven) given = chars.length;
    if (atEnd) text.scrollTop = text.scrollHeight;
    if (follow && pairs.length) look(chars.length - 1, { quiet: true });
  }

  const pairsOf = (answer) => {
    const list = [...answer.text];
    return list.map((char, i) => [char, answer.shades.slice(i * size, (i + 1) * size)]);
  };

  function frame(now) {
    if (!writing) return;
    const gone = Math.min(now - before, 100);
    before = now;
    owed += (gone / 1000) * speed();
    if (calm.matches) owed = 1e6; // no typing: what there is stands there at once
    const count = Math.min(coming.length, Math.floor(owed), 250);
    if (count) append(coming.splice(0, count));
    owed = Math.min(owed - count, coming.length ? 1e6 : 1);
    if (wanted > 0 && !asking && coming.length < Math.max(40, Math.min(speed() / 3, 400))) more();
    if (!coming.length && wanted <= 0 && !asking) return stop();
    requestAnimationFrame(frame);
  }

  async function more() {
    const mine = run, length = Math.min(wanted, Math.max(20, Math.min(Math.round(speed() / 3), 200)));
    asking = true;
    wanted -= length;
    try {
      const answer = await engine.ask("write", { length });
      if (mine === run) coming.push(...pairsOf(answer));
    } catch (error) {
      wanted = 0;
      complain(error.message);
    }
    asking = false;
  }

  function go() {
    if (!writing) {
      writing = true;
      before = performance.now();
      requestAnimationFrame(frame);
    }
    follow = true;
    buttons();
  }

  function stop() {
    writing = false;
    buttons();
    if (follow && chars.length) look(chars.length - 1, { quiet: true, always: true });
  }

  function buttons() {
    const on = $("write-on");
    on.textContent = writing ? "Pause" : coming.length || wanted > 0 ? "Go on" : "Write on";
    on.disabled = !writing && !coming.length && (fromRecord || chars.length >= FULL);
    $("write").textContent = engine.state === "failed" ? "Play the recording" : "Write";
  }

  const complain = (words) => {
    message.textContent = words;
    message.classList.add("wrong");
  };
  const remark = (words) => {
    message.textContent = words;
    message.classList.remove("wrong");
  };

  function replay() {
    clear();
    fromRecord = true;
    wanted = 0;
    append(pairsOf(recorded.begun), true);
    coming = pairsOf(recorded.written);
  }

  async function begin() {
    if (engine.state === "failed") {
      replay();
      return go();
    }
    if (!engine.live) {
      remark("The network is still being loaded; it will begin by itself.");
      return engine.addEventListener("live", begin, { once: true });
    }
    clear();
    fromRecord = false;
    wanted = 0;
    const mine = run, prompt = $("prompt").value;
    try {
      const seed = Math.floor(Math.random() * 2 ** 31);
      const answer = await engine.ask("begin", { prompt, seed, ...settings() });
      if (mine !== run) return;
      size = answer.hidden_size;
      append(pairsOf(answer), true);
      const strange = [...answer.unknown].map((char) => `“${visible(char)}”`).join(" ");
      remark(strange ? `The network has never met ${strange}, and skips what it does not know.` : "");
      wanted = PRESS;
      go();
    } catch (error) {
      complain(error.message);
    }
  }

  // ---- the cursor: one character, its state, and what was expected in its place

  function look(place, { quiet = false, always = false } = {}) {
    spans[cursor]?.classList.remove("here");
    cursor = place;
    if (!quiet) spans[cursor]?.classList.add("here");
    drawState();
    const now = performance.now();
    if (quiet && !always && now - reported < 250) return; // while it writes: four times a second
    reported = now;
    expect(place, quiet);
  }

  async function expect(place, quiet) {
    const mine = run;
    let found;
    try {
      found = fromRecord ? recorded.expected[place] : await engine.ask("expected", { place });
    } catch { return; }
    if (mine !== run || place !== cursor || !found) return;
    drawExpected(place, found);
    if (!quiet) {
      const best = found.likely.slice(0, 3).map(([char, p]) => `${spoken(char)} ${Math.round(100 * p)} %`).join(", ");
      $("writes-spoken").textContent = `${spoken(chars[place])}, expected at ${percent(found.own)}. Likeliest: ${best}. Unit ${unit}: ${valueAt(place)}.`;
    }
  }

  const percent = (p) => (p >= 0.0995 ? `${Math.round(100 * p)} %` : p >= 0.001 ? `${(100 * p).toFixed(1)} %` : "< 0.1 %");
  const valueAt = (place) => shown(levelOf(shades[place][unit]) / 8, 1);

  function drawExpected(place, { likely, own, possible }) {
    const what = place < given ? "stood in your text" : "was drawn";
    const bars = document.createDocumentFragment();
    const rows = likely.slice(0, BARS);
    if (!rows.some(([char]) => char === chars[place])) rows[rows.length - 1] = [chars[place], own];
    for (const [char, p] of rows) {
      const drawn = char === chars[place] ? "drawn" : "";
      bars.append(
        Object.assign(document.createElement("b"), { textContent: visible(char), className: drawn, title: spoken(char) }),
        Object.assign(document.createElement("span"), { className: `bar-of ${drawn}`, style: `width: ${100 * p}%` }),
        Object.assign(document.createElement("span"), { textContent: percent(p) }),
      );
    }
    $("expected").replaceChildren(bars);
    $("expected-title").textContent = `Before “${visible(chars[place])}”: what it expected`;
    $("expected-says").textContent = `“${visible(chars[place])}” ${what}, at ${percent(own)}; ${possible} characters were possible.`;
  }

  // ---- the state: a square for each unit

  function drawState() {
    const width = canvas.parentElement.clientWidth;
    columns = width >= 900 ? 64 : width >= 480 ? 32 : 16;
    const side = width / columns, tall = Math.min(side, 22), rows = Math.ceil(size / columns);
    const context = sized(canvas, width, tall * rows + 4);
    const paints = inks(), shade = shades[cursor] ?? "i".repeat(size);
    for (let u = 0; u < size; u++) {
      const x = (u % columns) * side, y = Math.floor(u / columns) * tall + 2;
      context.fillStyle = paints[shade[u]];
      context.fillRect(x + 0.5, y + 0.5, side - 1, tall - 1);
    }
    context.strokeStyle = themed("letter");
    context.lineWidth = 2.5;
    context.strokeRect((unit % columns) * side, Math.floor(unit / columns) * tall + 2, side, tall);
    canvas.setAttribute("aria-valuenow", unit);
    const name = recorded.units.find((each) => each.unit === unit);
    const value = cursor >= 0 ? `, now ${valueAt(cursor)}` : "";
    canvas.setAttribute("aria-valuetext", `unit ${unit}${name ? `, ${name.what}` : ""}${value}`);
    $("state-title").textContent = `After ${cursor < 0 ? "each letter" : `“${visible(chars[cursor])}”`}: the hidden state`;
  }

  function choose(next) {
    unit = (next + size) % size;
    const name = recorded.units.find((each) => each.unit === unit);
    $("unit-title").textContent = `Unit ${unit}${name ? `: ${name.what}` : ""}`;
    $("unit-says").textContent = name
      ? name.says
      : `Nobody knows what unit ${unit} follows, if anything. Most units look like this: the meaning is spread over many of them.`;
    for (const button of document.querySelectorAll(".named button")) button.setAttribute("aria-pressed", Number(button.value) === unit);
    drawState();
    let from = 0; // a thousand letters a frame
    const mine = unit;
    (function repaint() {
      if (mine !== unit) return;
      for (const end = Math.min(from + 1000, spans.length); from < end; from++) spans[from].style.backgroundColor = PAINTS[shades[from][unit]];
      if (from < spans.length) requestAnimationFrame(repaint);
    })();
  }

  for (const { unit: number, what, remembers } of recorded.units) {
    const button = Object.assign(document.createElement("button"), { type: "button", value: number, textContent: `${what} · ${number}` });
    button.onclick = () => choose(number);
    $(remembers ? "remember" : "forget").append(button);
  }
  const unitAt = ({ offsetX, offsetY }) => {
    const side = canvas.clientWidth / columns, tall = Math.min(side, 22);
    return Math.max(0, Math.min(size - 1, Math.floor((offsetY - 2) / tall) * columns + Math.floor(offsetX / side)));
  };
  canvas.onclick = (event) => choose(unitAt(event));
  canvas.onpointermove = (event) => { canvas.title = `unit ${unitAt(event)}`; };
  const KEYS = { ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: () => columns, ArrowUp: () => -columns };
  canvas.onkeydown = (event) => {
    const step = KEYS[event.key]?.();
    if (step) choose(unit + step);
    else if (event.key === "Home") choose(0);
    else if (event.key === "End") choose(size - 1);
    else return;
    event.preventDefault();
  };

  // ---- events

  text.addEventListener("pointerover", ({ target }) => {
    if (target.place === undefined) return;
    follow = false;
    look(target.place);
  });
  text.addEventListener("pointerleave", () => { follow = writing; });
  text.addEventListener("keydown", (event) => {
    const height = Math.max(1, Math.floor(text.clientWidth / 9));
    const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: height, ArrowUp: -height, Home: -1e6, End: 1e6 }[event.key];
    if (!step || !chars.length) return;
    event.preventDefault();
    follow = false;
    look(Math.max(0, Math.min(chars.length - 1, (cursor < 0 ? 0 : cursor) + step)));
    spans[cursor].scrollIntoView({ block: "nearest" });
  });
  $("writes-controls").addEventListener("input", ({ target }) => {
    showSettings();
    if (fromRecord || !engine.live || ["speed", "prompt"].includes(target.id)) return;
    engine.ask("change", settings()).catch((error) => complain(error.message));
  });
  $("writes-controls").addEventListener("submit", (event) => {
    event.preventDefault();
    begin();
  });
  $("write-on").onclick = () => {
    if (writing) return stop();
    if (!coming.length && wanted <= 0) wanted = Math.min(PRESS, FULL - chars.length);
    go();
  };
  engine.addEventListener("live", buttons);
  engine.addEventListener("failed", () => {
    const typed = $("prompt").value;
    $("writes-controls").reset(); // to what was recorded
    showSettings();
    buttons();
    remark(typed === recorded.prompt ? "" : "The network that would go on with your words cannot run here: this is a recording.");
    for (const control of $("writes-controls").querySelectorAll("input:not(#speed), textarea")) control.disabled = true;
  });
  new ResizeObserver(drawState).observe(canvas.parentElement);
  dark.addEventListener("change", drawState);

  // ---- the recorded run

  $("prompt").value = recorded.prompt;
  showSettings();
  replay();
  buttons();
  choose(unit);
  new IntersectionObserver((entries, observer) => { // it begins when somebody can see it
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    if (fromRecord && !writing) go();
  }, { threshold: 0.25 }).observe(text);
}
