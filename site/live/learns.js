// It learns: what a character costs, what the network writes, its states over a sentence, and gradients on their way back.

import { calm, dark, inks, shown, sized, themed, visible } from "./colour.js";

const LONGEST = 300_000; // characters that live.py reads of a text
const SLICE = 0.1; // seconds of work that are asked for at a time
const KEPT = new Set([0, 10, 25, 50, 100, 200, 400, 800, 1600, 3200, 6400]); // steps whose samples stay on the page
const $ = (id) => document.getElementById(id);

export function learns(recorded, engine) {
  let begun = recorded.begun, bits = [], looks = [begun.look], step = 0;
  let running = false, busy = false, mine = 0, drawing = false, fromRecord = true, playing = -1;
  let drawn = null; // the look that is on the page
  let stale = false; // whether the settings have changed since the network was drawn
  let began = 0, counted = 0; // for the steps a second

  const remark = (words, wrong = false) => {
    $("learns-message").textContent = words;
    $("learns-message").classList.toggle("wrong", wrong);
  };
  const settings = () => ({
    name: $("source").value,
    text: $("source").value ? "" : $("own").value.slice(0, LONGEST),
    hidden_size: Number($("hidden-size").value),
    learning_rate: Number($("rate").value),
    cell: $("cell").value,
  });

  // ---- the run

  async function reset() {
    const run = ++mine;
    running = fromRecord = stale = false;
    playing = -1;
    try {
      const answer = await engine.ask("learner", settings());
      if (run !== mine) return false;
      [begun, bits, looks, step] = [answer, [], [answer.look], 0];
      $("n-speed").textContent = "–";
      const first = answer.characters === LONGEST ? "The first " : "";
      remark(`${first}${answer.characters.toLocaleString("en")} characters, ${answer.vocab_size} different ones. The last tenth is kept back, to be judged on.`);
      buttons();
      draw();
      return true;
    } catch (error) {
      if (run === mine) {
        remark(error.message, true);
        stale = true;
        buttons();
      }
      return false;
    }
  }

  async function ready() {
    if (!engine.live) {
      remark("The network is still being loaded; it will begin by itself.");
      await new Promise((resolve) => engine.addEventListener("live", resolve, { once: true }));
    }
    return fromRecord || stale ? reset() : true;
  }

  async function loop() {
    if (busy) return;
    busy = true;
    const run = mine;
    while (running && run === mine && !document.hidden) if (!(await take(run, { seconds: SLICE }))) break;
    busy = false;
    if (running && run !== mine && !document.hidden) loop();
  }

  async function take(run, question) {
    try {
      const answer = await engine.ask("learn", question);
      if (run !== mine) return false;
      add(answer);
      return true;
    } catch (error) {
      if (run === mine) {
        running = false;
        stale = true; // what is broken is drawn anew
        remark(error.message, true);
        buttons();
      }
      return false;
    }
  }

  function add(answer) {
    bits.push(...answer.bits);
    step = answer.step;
    counted += answer.bits.length;
    if (answer.look) looks.push(answer.look);
    if (drawing) return;
    drawing = true;
    setTimeout(() => requestAnimationFrame(() => {
      drawing = false;
      draw();
    }), 200);
  }

  function clock() {
    const now = performance.now();
    if (running && began && !fromRecord) {
      const rate = (1000 * counted) / (now - began);
      $("n-speed").textContent = rate >= 10 ? Math.round(rate) : rate.toFixed(1);
    }
    [began, counted] = [now, 0];
  }
  setInterval(clock, 1000);

  function buttons() {
    const failed = engine.state === "failed";
    $("train").textContent = running || playing >= 0 ? "Pause" : failed ? "Play the recording" : stale && !fromRecord ? "Train anew" : "Train";
    $("one-step").disabled = failed;
    $("reset").disabled = failed;
    $("own-label").hidden = $("source").value !== "";
  }

  $("learns-controls").addEventListener("submit", async (event) => {
    event.preventDefault();
    if (running || playing >= 0) {
      running = false;
      playing = -1;
      return buttons();
    }
    if (engine.state === "failed") return play();
    if (!(await ready())) return;
    running = true;
    [began, counted] = [performance.now(), 0];
    buttons();
    loop();
  });
  $("one-step").onclick = async () => {
    running = false;
    if (await ready()) await take(mine, { seconds: 60, most: 1 });
    buttons();
  };
  $("reset").onclick = async () => {
    stale = true;
    await ready();
  };
  $("learns-controls").addEventListener("change", ({ target }) => {
    stale = true;
    running = false;
    playing = -1;
    buttons();
    if (target.id !== "own" && $("source").value === "") $("own").focus();
    remark(fromRecord ? "" : "Changed: Train begins with a new network.");
  });
  document.addEventListener("visibilitychange", () => {
    [began, counted] = [performance.now(), 0];
    if (!document.hidden && running) loop(); // in the background it rests
  });
  engine.addEventListener("failed", () => {
    buttons();
    $("n-speed").parentElement.hidden = true;
    if (playing < 0) remark(bits.length ? "That was the recorded run." : "");
    for (const select of $("learns-controls").querySelectorAll("select, textarea")) select.disabled = true;
  });

  // ---- the recorded run

  function play() {
    [bits, looks, step, playing] = [[], [begun.look], 0, 0];
    remark(engine.state === "failed" ? "The network cannot run here: this is a recording." : "");
    buttons();
    (function next() {
      if (playing < 0 || !fromRecord) return;
      const answer = recorded.answers[playing++];
      if (!answer) {
        playing = -1;
        remark(engine.state === "failed" ? "That was the recorded run." : "That was the recorded run: press Train for one of your own.");
        return buttons();
      }
      add(answer);
      setTimeout(next, calm.matches ? 0 : 150);
    })();
  }

  // ---- drawing

  function draw() {
    const look = looks.at(-1);
    $("n-steps").textContent = step.toLocaleString("en");
    $("n-read").textContent = (step * begun.streams * 25).toLocaleString("en");
    $("n-bits").textContent = look.bits.toFixed(2);
    drawCurve();
    if (look === drawn) return;
    drawn = look; // the rest changes with a look alone, and comes a frame each: the page never stands still for it
    drawSamples();
    requestAnimationFrame(() => {
      drawStates(looks.at(-1));
      requestAnimationFrame(() => drawNorms(looks.at(-1)));
    });
  }

  function redraw() {
    drawn = null;
    draw();
  }

  function drawCurve() {
    const [W, H, left, right, top, bottom] = [Math.max(280, $("curve").clientWidth), 300, 32, 6, 14, 30];
    const best = Math.min(...begun.ngrams), order = 1 + begun.ngrams.indexOf(best);
    const most = Math.max(begun.uniform * 1.08, 1), end = Math.max(100, bits.length);
    const x = (s) => left + ((W - left - right) * s) / end;
    const y = (b) => H - bottom - ((H - top - bottom) * Math.min(b, most)) / most;
    const limits = [
      [begun.uniform, `knows nothing: ${begun.uniform.toFixed(2)}`],
      [begun.ngrams[0], `counts letters: ${begun.ngrams[0].toFixed(2)}`],
      [best, `counts runs of ${order}: ${best.toFixed(2)}`],
    ].slice(0, order > 1 ? 3 : 2);
    const ticks = [...Array(Math.floor(most) + 1).keys()].filter((b) => most < 8 || b % 2 === 0);
    const group = Math.max(1, Math.ceil(bits.length / 280)), points = [];
    for (let i = 0; i < bits.length; i += group) {
      const part = bits.slice(i, i + group);
      points.push(`${x(i + part.length / 2).toFixed(1)},${y(part.reduce((a, b) => a + b, 0) / part.length).toFixed(1)}`);
    }
    const held = looks.map(({ step: s, bits: b }) => [x(s).toFixed(1), y(b).toFixed(1)]);
    let last = -99;
    const labels = limits.map(([b, words]) => {
      last = Math.max(last + 15, y(b) - 5); // below the one before, not over it
      return `<text x="${W - right}" y="${last}" text-anchor="end">${words}</text>`;
    });
    const now = looks.at(-1).bits.toFixed(2);
    $("curve").innerHTML = `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="Bits per character over ${step} steps, now ${now}; ${limits.map(([, words]) => words).join("; ")}">
      ${ticks.map((b) => `<path class="axis" d="M${left} ${y(b)}H${W - right}"/><text x="${left - 8}" y="${y(b) + 4}" text-anchor="end">${b}</text>`).join("")}
      ${limits.map(([b], i) => `<path class="line limit" stroke-dasharray="${["none", "7 4", "2 3"][i]}" d="M${left} ${y(b)}H${W - right}"/>`).join("")}
      <polyline class="line train" points="${points.join(" ")}"/>
      <polyline class="line held" points="${held.join(" ")}"/>
      ${held.map(([a, b]) => `<circle class="dot" cx="${a}" cy="${b}" r="3.5"/>`).join("")}
      ${labels.join("")}
      <text x="${left}" y="${H - 6}">0</text><text x="${W - right}" y="${H - 6}" text-anchor="end">${end.toLocaleString("en")} steps</text>
      <text x="${left + 8}" y="${H - bottom - 24}" class="train">what it has just read</text><text x="${left + 8}" y="${H - bottom - 8}" class="held">text it has not seen</text>
    </svg>`;
    const bit = looks.at(-1).bits, beaten = bit < best ? `counting runs of ${order} characters` : bit < begun.ngrams[0] ? "counting single letters" : "";
    $("curve-bits").textContent = `A bit is one yes-or-no question: ${begun.uniform.toFixed(2)} of them are a blind guess among ${begun.vocab_size} characters.`;
    const worse = bit > Math.min(...looks.map((look) => look.bits)) + 0.1;
    $("curve-says").textContent = worse ? "On text it has not seen it is getting worse again, while it gets better on what it reads: it learns by heart (it overfits). A longer text helps, or a smaller network."
      : beaten ? `On text it has not seen it already beats ${beaten}.` : "It has yet to beat the simplest rival, counting how often each letter comes.";
  }

  function drawSamples() {
    const kept = looks.slice(0, -1).filter(({ step: s }) => KEPT.has(s)).reverse();
    const item = ({ step: s, text }) => {
      const line = document.createElement("li"), label = document.createElement("b"), words = document.createElement("span");
      label.textContent = s ? `step ${s.toLocaleString("en")}` : "untrained";
      words.textContent = text;
      line.append(label, words);
      return line;
    };
    $("samples").replaceChildren(...[looks.at(-1), ...kept.slice(0, 6)].map((look, i) => item(i ? { ...look, text: [...look.text].map((char) => (char === "\n" ? " ↵ " : char)).join("") } : look)));
  }

  function drawStates({ shades, step: s }) {
    const letters = [...begun.sentence], columns = letters.length, units = shades.length / columns;
    const width = $("states").parentElement.clientWidth, wide = width / columns, tall = Math.min(12, 256 / units), used = tall * units;
    const context = sized($("states"), width, used + 22);
    const paints = inks();
    for (let u = 0; u < units; u++) {
      for (let t = 0; t < columns; t++) {
        context.fillStyle = paints[shades[u * columns + t]];
        context.fillRect(t * wide, u * tall, wide + 0.3, tall + 0.3);
      }
    }
    context.fillStyle = themed("text");
    context.font = `${Math.min(14, wide * 1.35)}px ${getComputedStyle($("text")).fontFamily}`;
    context.textAlign = "center";
    letters.forEach((char, t) => context.fillText(visible(char), (t + 0.5) * wide, used + 16));
    $("states").setAttribute("aria-label", `${units} units over the sentence ${begun.sentence.replaceAll("\n", " / ")}, after ${s} steps`);
  }

  function drawNorms({ norms }) {
    const [W, H, left, right, top, bottom] = [Math.max(280, $("norms").clientWidth), 280, 44, 10, 12, 24], first = looks[0].norms;
    const all = [...norms, ...first].filter((n) => n > 0).map(Math.log10);
    const high = Math.ceil(Math.max(...all)), low = Math.max(-12, Math.min(high - 3, Math.floor(Math.min(...all))));
    const x = (k) => W - right - ((W - left - right) * k) / (norms.length - 1); // back is to the left
    const y = (n) => H - bottom - ((H - top - bottom) * (Math.max(Math.log10(n || 1e-99), low) - low)) / (high - low);
    const path = (list) => list.map((n, k) => `${k ? "L" : "M"}${x(k).toFixed(1)} ${y(n).toFixed(1)}`).join("");
    const powers = [...Array(high - low + 1).keys()].map((i) => low + i).filter((p) => high - low < 7 || p % 2 === 0);
    const left10 = norms[0] ? norms[10] / norms[0] : 0;
    const share = left10 >= 0.01 ? `${shown(100 * left10, 0)} %` : `${(100 * left10).toPrecision(1)} %`;
    $("norms").innerHTML = `<svg viewBox="0 0 ${W} ${H}" role="img" aria-label="Norm of the gradient over 0 to 24 steps back; 10 steps back ${share} of it is left">
      ${powers.map((p) => `<path class="axis" d="M${left} ${y(10 ** p)}H${W - right}"/><text x="${left - 8}" y="${y(10 ** p) + 4}" text-anchor="end">${p === 0 ? "1" : `10${superscript(p)}`}</text>`).join("")}
      <path class="area" d="${path(norms)}L${x(norms.length - 1)} ${H - bottom}L${x(0)} ${H - bottom}Z"/>
      <path class="line before" d="${path(first)}"/><path class="line now" d="${path(norms)}"/>
      ${[0, 6, 12, 18, 24].map((k) => `<text x="${x(k)}" y="${H - bottom + 16}" text-anchor="${k === 0 ? "end" : "middle"}">${k || "now"}</text>`).join("")}
    </svg>`;
    $("norms-says").textContent = `Size of the gradient, so many characters back: after 10, ${share} of it is left. Dashed: before training.`;
  }
  const superscript = (n) => [...String(n)].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c] ?? "⁻").join("");

  new ResizeObserver(redraw).observe($("states").parentElement);
  dark.addEventListener("change", redraw);
  buttons();
  draw();
  new IntersectionObserver((entries, observer) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    if (fromRecord && !stale && !running) play();
  }, { threshold: 0.25 }).observe($("curve"));
}
