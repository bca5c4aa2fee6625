// Step by step: "hello" with three hidden units. A press adds the numbers of one equation, forwards and then back.

import { colourOf, shown } from "./colour.js";

const PAGES = { 2: "02_hidden_state", 3: "03_cross_entropy", 4: "04_backpropagation_through_time" };
const link = (number) => `../notebooks/${PAGES[number[0]]}.html#equation-${number.replace(".", "-")}`;
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
const sub = (t) => [...String(t)].map((digit) => SUBSCRIPTS[digit]).join("");
const d = (name) => `∂L/∂${name}`;
const name = { W_xh: "W<sub>xh</sub>", W_hh: "W<sub>hh</sub>", b_h: "b<sub>h</sub>", W_hy: "W<sub>hy</sub>", b_y: "b<sub>y</sub>" };

// What each kind of move says. A line is [what, numbers, "result" if it is what the move is about].
const KINDS = {
  lookup: {
    title: ({ char }) => `Read “${char}”`,
    formula: `x<sub>t</sub> W<sub>xh</sub> = W<sub>xh</sub>[i]`,
    says: ({ char }) => `The network has a row of weights for each letter. Reading “${char}” means: take its row.`,
    lines: ({ t, x, row }) => [[`x${sub(t)}`, x], [`x${sub(t)} ${name.W_xh}`, row, "result"]],
  },
  sum: {
    title: () => "Add what is remembered",
    formula: `a<sub>t</sub> = x<sub>t</sub> W<sub>xh</sub> + h<sub>t−1</sub> W<sub>hh</sub> + b<sub>h</sub>`,
    says: ({ t }) => t === 1 ? "Three terms are added: the letter, the memory, and a bias. Nothing has been read before, so the memory is still zero."
      : "Three terms are added: the letter, the memory of all the letters before it, and a bias.",
    lines: ({ t, row, past, b_h, a }) => [[`x${sub(t)} ${name.W_xh}`, row], [`+ h${sub(t - 1)} ${name.W_hh}`, past], [`+ ${name.b_h}`, b_h], [`= a${sub(t)}`, a, "result"]],
  },
  tanh: {
    title: () => "Squeeze: the new hidden state",
    formula: `h<sub>t</sub> = tanh(a<sub>t</sub>)`,
    says: ({ t, char }) => `tanh brings each number between −1 and 1. These three numbers are the hidden state: all that the network now knows about “${"hell".slice(0, t)}”.`,
    lines: ({ t, a, h }) => [[`a${sub(t)}`, a], [`h${sub(t)} = tanh`, h, "result"]],
  },
  logits: {
    title: () => "A score for each letter",
    formula: `z<sub>t</sub> = h<sub>t</sub> W<sub>hy</sub> + b<sub>y</sub>`,
    says: () => "From the hidden state comes one score for each of the four letters (they are called logits). A higher score means: more likely next.",
    lines: ({ t, h, z }) => [[`h${sub(t)}`, h], [`z${sub(t)}`, z, "result letters"]],
  },
  softmax: {
    title: () => "Scores become probabilities",
    formula: `p<sub>k</sub> = e<sup>z<sub>k</sub></sup> / Σ<sub>j</sub> e<sup>z<sub>j</sub></sup>`,
    says: ({ target, p_y }) => `Each e<sup>z</sup> is divided by their sum, so that they add up to 1. The right letter, “${target}”, gets ${shown(100 * p_y, 0)} %.`,
    lines: ({ t, z, exps, p }) => [[`z${sub(t)}`, z], ["e<sup>z</sup>", exps], [`p${sub(t)}`, p, "result letters"]],
  },
  loss: {
    title: ({ target }) => `“${target}” came: what did the guess cost?`,
    formula: `L<sub>t</sub> = −log p<sub>y</sub> = log Σ<sub>k</sub> e<sup>z<sub>k</sub></sup> − z<sub>y</sub>`,
    says: ({ L }) => `The less probability the right letter got, the more it costs: here ${shown(L, 3)} nats, that is ${shown(L / Math.LN2, 2)} bits. A pure guess among four letters would cost 2 bits.`,
    lines: ({ t, log_sum, z_y, L }) => [["log Σ e<sup>z</sup>", [log_sum]], ["z<sub>y</sub>", [z_y]], [`L${sub(t)}`, [L], "result"]],
  },
  mean: {
    title: () => "The loss: the mean of the four",
    formula: `L = (L₁ + L₂ + L₃ + L₄) / T`,
    says: () => "One number for the whole word. Now the way back begins: how should each weight change to make this number smaller? For that, each quantity gets its derivative, the last one first.",
    lines: ({ each, L }) => [["L₁ … L₄", each], ["L", [L], "result"]],
  },
  dz: {
    title: ({ target }) => `Back to the scores: “${target}” should have had more`,
    formula: `${d("z<sub>t</sub>")} = (p<sub>t</sub> − onehot(y<sub>t</sub>)) / T`,
    says: () => "What was guessed, minus what came, shared among the four time steps: negative for the right letter, positive for all others.",
    lines: ({ t, p, y, dz }) => [[`p${sub(t)}`, p], [`onehot(y${sub(t)})`, y], [d(`z${sub(t)}`), dz, "result letters"]],
  },
  dW_hy: {
    title: () => "The output weights take their share",
    formula: `${d("W<sub>hy</sub><sup>(t)</sup>")} = h<sub>t</sub><sup>⊤</sup> ${d("z<sub>t</sub>")}`,
    says: () => "What went into the weights, times what comes back. It is added to what the other time steps gave, for it is one and the same matrix.",
    lines: ({ t, h, dz, copy }) => [[`h${sub(t)}`, h], [d(`z${sub(t)}`), dz], [`share of step ${t}`, copy, "result"]],
  },
  dh: {
    title: ({ t, T }) => (t === T ? "Back to the hidden state" : "Back to the hidden state, by two ways"),
    formula: ({ t, T }) => `${d("h<sub>t</sub>")} = ${d("z<sub>t</sub>")} W<sub>hy</sub><sup>⊤</sup>${t === T ? "" : ` + ${d("a<sub>t+1</sub>")} W<sub>hh</sub><sup>⊤</sup>`}`,
    says: ({ t, T }) => t === T ? "Nothing was read after this state, so only its own guess has something to say about it."
      : "This state was used twice: for its own guess, and by the next state. What comes back on both ways is added: backpropagation through time.",
    lines: ({ t, T, own, later, dh }) => [["from its own guess", own], ...(t === T ? [] : [[`+ from step ${t + 1}`, later]]), [`= ${d(`h${sub(t)}`)}`, dh, "result"]],
  },
  da: {
    title: () => "Back through tanh",
    formula: `${d("a<sub>t</sub>")} = ${d("h<sub>t</sub>")} ∘ (1 − h<sub>t</sub>²)`,
    says: () => "Where tanh is flat, near −1 or 1, little comes through: each number is multiplied by the slope there.",
    lines: ({ t, dh, slope, da }) => [[d(`h${sub(t)}`), dh], [`1 − h${sub(t)}²`, slope], [d(`a${sub(t)}`), da, "result"]],
  },
  dW_hh: {
    title: () => "The memory's weights take their share",
    formula: `${d("W<sub>hh</sub><sup>(t)</sup>")} = h<sub>t−1</sub><sup>⊤</sup> ${d("a<sub>t</sub>")}`,
    says: ({ t }) => t === 1 ? "Before the first letter the state was zero, so this time step has no share in W_hh: nothing times something."
      : "The state that came in, times what comes back. This time step's share is added to the sum below.",
    lines: ({ t, before, da, copy }) => [[`h${sub(t - 1)}`, before], [d(`a${sub(t)}`), da], [`share of step ${t}`, copy, "result"]],
  },
  dW_xh: {
    title: ({ char }) => `The row of “${char}” takes its share`,
    formula: `${d("W<sub>xh</sub><sup>(t)</sup>")} = x<sub>t</sub><sup>⊤</sup> ${d("a<sub>t</sub>")}`,
    says: ({ char }) => `Only the row of “${char}” was used, so only that row gets something. The bias gets the same: its input is always 1.`,
    lines: ({ t, da, copy }) => [[d(`a${sub(t)}`), da], [`share of step ${t}`, copy, "result"]],
  },
  dh_0: {
    title: () => "As far back as it goes",
    formula: `${d("h<sub>0</sub>")} = ${d("a<sub>1</sub>")} W<sub>hh</sub><sup>⊤</sup>`,
    says: () => "Even the state before the first letter has a derivative. We leave it at zeros.",
    lines: ({ dh_0 }) => [[d("h₀"), dh_0, "result"]],
  },
  totals: {
    title: () => "The gradient is complete",
    formula: `dL/dW<sub>hh</sub> = Σ<sub>t</sub> h<sub>t−1</sub><sup>⊤</sup> ${d("a<sub>t</sub>")}`,
    says: ({ off }) => `The four shares of each weight are summed. They are what rnnlib’s own loss_and_grads returns: the largest difference is ${off === 0 ? "0" : off.toExponential(0).replace("e-", " · 10⁻").replace(/\d+$/, (n) => [...n].map((c) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]).join(""))}.`,
    lines: ({ grads }) => [["total", grads.W_hh, "result"]],
  },
  update: {
    title: () => "One step of learning",
    formula: ({ learning_rate }) => `new weights = weights − ${learning_rate} · gradient`,
    says: ({ before, after }) => `Each weight moves a little against its derivative, and the loss falls from ${shown(before, 3)} to ${shown(after, 3)} nats. Thousands of such steps on a long text are all that training is.`,
    lines: ({ before, after }) => [["loss before", [before]], ["loss after", [after], "result"]],
  },
};

// The board: a row for each quantity, a column for each time step.
const ROWS = [
  ["row", `x<sub>t</sub> W<sub>xh</sub>`, "lookup"], ["past", `h<sub>t−1</sub> W<sub>hh</sub>`, "sum"], ["a", "a<sub>t</sub>", "sum"], ["h", "h<sub>t</sub>", "tanh"],
  ["z", "z<sub>t</sub> <small>h e l o</small>", "logits"], ["p", "p<sub>t</sub> <small>h e l o</small>", "softmax"], ["L", "L<sub>t</sub>", "loss"],
  ["dz", d("z<sub>t</sub>"), "dz"], ["dh", d("h<sub>t</sub>"), "dh"], ["da", d("a<sub>t</sub>"), "da"],
];
const SUMMED = { W_xh: ["dW_xh", "sum"], W_hh: ["dW_hh", "sum"], b_h: ["dW_xh", "bias"], W_hy: ["dW_hy", "sum"], b_y: ["dW_hy", "bias"] };

const DERIVATIVE = 0.3; // derivatives are smaller than values: their colours are full there

export function steps(recorded, engine) {
  const root = document.getElementById("stepper");
  let all = recorded, at = 0, seed = 0;

  root.innerHTML = `
    <div class="walk" role="group" aria-label="Walk through the computation">
      <button type="button" data-go="first" >Start</button>
      <button type="button" data-go="back">◀ Back</button>
      <button type="button" data-go="next" class="primary">Next ▶</button>
      <button type="button" data-go="turn">To the way back</button>
      <button type="button" data-go="last" >End</button>
      <progress max="1" value="0" aria-label="How far the computation is"></progress>
      <span class="count"></span>
      <button type="button" data-go="other">Other weights</button>
    </div>
    <div class="now-and-map">
      <div class="now" aria-live="polite"></div>
      <div class="map"></div>
    </div>
    <div class="board-frame" tabindex="0" role="region" aria-label="All numbers so far"><table class="board"></table></div>
    <p class="hint">Red is above zero, blue below: full at ±1, and at ±${DERIVATIVE} for derivatives.</p>
    <p class="weights-title">The weights, and below each what the time steps have given so far to its gradient</p>
    <div class="weights"></div>`;
  const part = (selector) => root.querySelector(selector);
  const buttons = Object.fromEntries([...root.querySelectorAll("[data-go]")].map((button) => [button.dataset.go, button]));

  // ---- numbers

  const digits = (value) => shown(value, Math.abs(value) >= 9.995 ? 1 : 3);
  const cell = (value, scale = 1) => `<i style="background:${colourOf((8 * value) / scale)}">${digits(value)}</i>`;
  const vector = (values, scale) => values.length === 1 ? `<span class="vector plain"><i>${digits(values[0])}</i></span>`
    : `<span class="vector">${values.map((value) => cell(value, scale)).join("")}</span>`;
  const letters = () => `<span class="vector letters" aria-hidden="true">${[...all.chars].map((char) => `<i>${char}</i>`).join("")}</span>`;
  const matrix = (rows, scale) => `<span class="matrix">${(Array.isArray(rows[0]) ? rows : [rows]).map((row) => vector(row, scale)).join("")}</span>`;
  const drawn = (rows) => matrix(rows).replaceAll(/\.(\d)00</g, ".$1<"); // drawn with one decimal
  const scaleOf = (what) => (/^([=+] )?(∂|share|total|from|d)/.test(what) ? DERIVATIVE : 1);

  /** All numbers of the first moves, by time step, and what the move at hand knows. */
  function known(until) {
    const by = {};
    for (const { kind, t, numbers } of all.moves.slice(0, until)) {
      const place = (by[t] ??= {});
      for (const [key, value] of Object.entries(numbers)) if (key !== "copy" && key !== "sum" && key !== "bias") place[key] = value;
      (by[kind] ??= {})[t] = numbers;
    }
    return by;
  }

  function facts(move, by) {
    const { t } = move, T = all.word.length - 1, target = all.word[t], here = by[t] ?? {};
    const y = [...all.chars].map((char) => (char === target ? 1 : 0));
    return {
      ...here, ...move.numbers, t, T, char: all.word[t - 1], target, y, b_h: all.params.b_h,
      p_y: here.p?.[all.chars.indexOf(target)], before: move.numbers.before ?? (t > 1 ? by[t - 1].h : all.h_0),
      each: Array.from({ length: T }, (_, i) => by[i + 1]?.L),
    };
  }

  // ---- drawing

  function draw() {
    const end = all.moves.length, move = all.moves[at - 1], by = known(at);
    const turn = all.moves.findIndex(({ kind }) => kind === "mean") + 1;
    buttons.first.disabled = buttons.back.disabled = at === 0;
    buttons.last.disabled = buttons.next.disabled = at === end;
    buttons.turn.disabled = at >= turn;
    part("progress").value = at / end;
    part(".count").textContent = `press ${at} of ${end}`;
    drawNow(move, by, at >= turn);
    drawMap(move, by);
    drawBoard(move, by);
    drawWeights(move, by);
  }

  function drawNow(move, by, back) {
    if (!move) {
      part(".now").innerHTML = `<h3>Before the first letter</h3>
        <p>Four letters: h, e, l, o. Three hidden units, so the hidden state is a row of three numbers, and it starts as zeros. The weights below were drawn at
        random, with one decimal, so that you can follow with a pencil.</p>
        <table><tr class="result"><th>h₀</th><td>${vector(all.h_0)}</td></tr></table>
        <p>Press <strong>Next</strong>; after that the arrow keys work too.</p>`;
      return;
    }
    const kind = KINDS[move.kind], known = facts(move, by);
    const formula = typeof kind.formula === "function" ? kind.formula(known) : kind.formula;
    const where = move.t ? `${back && move.kind !== "mean" ? "Backwards" : "Forwards"}, time step ${move.t}` : "All time steps";
    const from = move.equation ? `<a class="from" href="${link(move.equation)}">equation (${move.equation})</a>` : `<a class="from" href="../notebooks/06_training.html">notebook 06</a>`;
    const lines = kind.lines(known).map(([what, values, role = ""]) => {
      const wide = role.includes("letters") ? letters() + "<br>" : "";
      const small = matrix(values, scaleOf(what));
      return `<tr class="${role.includes("result") ? "result" : ""}"><th scope="row">${what}</th><td>${wide}${small}</td></tr>`;
    });
    part(".now").innerHTML = `<small>${where}</small><h3>${kind.title(known)}</h3><p class="formula">${formula}${from}</p>
      <table>${lines.join("")}</table><p>${kind.says(known)}</p>`;
  }

  function drawMap(move, by) {
    const T = all.word.length - 1, H = all.h_0.length, V = all.chars.length, first = 23, gap = 98;
    const x = (t) => (t ? 106 + gap * (t - 1) : first), Y = { x: 274, h: 182, p: 84, L: 16 };
    const half = { x: [18, 17], h: [30, 21], p: [30, 19], L: [0, 8] }, apart = 8; // of the boxes; of the two ways, from the middle
    const { kind = "", t: now = -1 } = move ?? {};
    const seen = (t, key) => by[t]?.[key] !== undefined;
    let out = "";
    const arrow = (x1, y1, x2, y2, look) => {
      const length = Math.hypot(x2 - x1, y2 - y1), [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length], [bx, by] = [x2 - 7 * dx, y2 - 7 * dy];
      out += `<path class="arrow line ${look}" d="M${x1} ${y1}L${bx} ${by}"/>
        <path class="arrow ${look}" d="M${x2 - dx} ${y2 - dy}L${bx - 4 * dy} ${by + 4 * dx}L${bx + 4 * dy} ${by - 4 * dx}Z"/>`;
    };
    const look = (done, active, back = "") => `${done ? "seen" : ""} ${back} ${active ? "active" : ""}`;
    /** From one row up to the next, and back down, side by side. */
    const up = (t, from, to, ...how) => arrow(x(t) - apart, Y[from] - half[from][1], x(t) - apart, Y[to] + half[to][1], look(...how));
    const down = (t, from, to, done, active) => done && arrow(x(t) + apart, Y[from] + half[from][1], x(t) + apart, Y[to] - half[to][1], look(done, active, "back"));
    const [wide] = half.h;
    for (let t = 1; t <= T; t++) {
      const here = now === t;
      up(t, "x", "h", seen(t, "row"), here && kind === "lookup");
      arrow(x(t - 1) + (t === 1 ? first - 2 : wide), Y.h - apart, x(t) - wide, Y.h - apart, look(seen(t, "past"), here && (kind === "sum" || kind === "tanh")));
      up(t, "h", "p", seen(t, "z"), here && kind === "logits");
      up(t, "p", "L", seen(t, "L"), here && kind === "loss");
      down(t, "L", "p", seen(t, "dz"), here && kind === "dz");
      down(t, "p", "h", seen(t, "dh"), here && (kind === "dh" || kind === "dW_hy"));
      if (t < T && seen(t, "dh")) arrow(x(t + 1) - wide, Y.h + apart, x(t) + wide, Y.h + apart, look(true, here && kind === "dh", "back"));
      down(t, "h", "x", by.dW_xh?.[t] !== undefined, here && kind === "dW_xh");
    }
    if (by.dh_0) arrow(x(1) - wide, Y.h + apart, 2 * first - 2, Y.h + apart, look(true, kind === "dh_0", "back"));
    const node = (t, row, active, wide = half[row][0]) =>
      `<rect class="node ${active ? "active" : ""}" x="${x(t) - wide}" y="${Y[row] - half[row][1]}" width="${2 * wide}" height="${2 * half[row][1]}" rx="6"/>`;
    const text = (t, y, words) => `<text x="${x(t)}" y="${y + 5}" text-anchor="middle">${words}</text>`;
    out += node(0, "h", kind === "dh_0", first - 2) + text(0, Y.h, "h₀");
    for (let t = 1; t <= T; t++) {
      const here = now === t, { h, p } = by[t] ?? {};
      out += node(t, "x", here && kind === "lookup") + text(t, Y.x, all.word[t - 1]);
      out += node(t, "h", here && ["sum", "tanh", "dh", "da", "dW_hh"].includes(kind));
      const square = 52 / H, bar = 48 / V;
      if (h) out += h.map((value, i) => `<rect x="${x(t) - 26 + square * i}" y="${Y.h - 16}" width="${square - 1}" height="32" rx="2" fill="${colourOf(8 * value)}" stroke="var(--grey)" stroke-width=".75"/>`).join("");
      else out += text(t, Y.h, `h${sub(t)}`);
      out += node(t, "p", here && ["logits", "softmax", "dz", "dW_hy"].includes(kind));
      if (p) out += p.map((value, i) => `<rect x="${x(t) - 24 + bar * i}" y="${Y.p + 15 - 30 * value}" width="${bar - 1}" height="${30 * value}" fill="var(--${all.chars[i] === all.word[t] ? "primary" : "grey"})"/>`).join("");
      else out += text(t, Y.p, `p${sub(t)}`);
      out += text(t, Y.L - 4, seen(t, "L") ? `“${all.word[t]}” ${shown(by[t].L, 2)}` : `“${all.word[t]}”?`);
    }
    part(".map").innerHTML = `<svg viewBox="0 0 ${x(T) + 34} 294" role="img" aria-label="The network unrolled over the four letters h, e, l, l: letters at the bottom, hidden states above them with an arrow from each to the next, guesses above, losses on top${move ? `; now at ${kind.startsWith("d") ? "the way back" : "the way forwards"}, time step ${now || "all"}` : ""}">${out}</svg>`;
  }

  function drawBoard(move, by) {
    const T = all.word.length - 1, now = Math.max(1, move?.t || (move && move.kind !== "mean" ? 1 : T * (at > 0)));
    const body = ROWS.map(([key, what, kind], i) => {
      const cells = Array.from({ length: T }, (_, j) => {
        const t = j + 1, value = by[t]?.[key];
        const just = move?.t === t && move.kind === kind && key !== "past";
        return `<td class="${just ? "just" : ""}">${value === undefined ? "" : vector([value].flat(), scaleOf(key))}</td>`;
      });
      return `<tr class="${i === 7 ? "turn" : ""}"><th scope="row">${what}</th>${cells.join("")}</tr>`;
    });
    const heads = Array.from({ length: T }, (_, j) => `<th scope="col">t = ${j + 1}: reads “${all.word[j]}”</th>`);
    part(".board").innerHTML = `<caption>All numbers so far</caption><thead><tr><td></td>${heads.join("")}</tr></thead><tbody>${body.join("")}</tbody>`;
    const frame = part(".board-frame"), head = frame.querySelectorAll("[scope=col]")[now - 1];
    frame.scrollLeft = head.offsetLeft - (frame.clientWidth - head.offsetWidth) / 2; // where not all have room
  }

  function drawWeights(move, by) {
    const updated = by.update?.[0]?.params;
    part(".weights").innerHTML = Object.entries(all.params).map(([key, value]) => {
      const [kind, which] = SUMMED[key], given = by[kind] ?? {};
      const least = Math.min(...Object.keys(given).map(Number));
      const sum = by.totals ? by.totals[0].grads[key] : given[least]?.[which];
      const gradient = sum ? `<figure class="gradient ${move?.kind === kind || move?.kind === "totals" ? "just" : ""}"><figcaption>${by.totals ? "gradient" : "gradient so far"}</figcaption>${matrix(sum, DERIVATIVE)}</figure>` : "";
      const lettered = key === "W_hy" || key === "b_y" ? letters() : "";
      return `<figure><figcaption><em>${name[key]}</em>${updated ? " (new)" : ""}${key === "W_xh" ? ` <small>rows ${[...all.chars].join(" ")}</small>` : ""}</figcaption>
        <span class="matrix">${lettered}${updated ? matrix(updated[key]) : drawn(value)}</span>${gradient}</figure>`;
    }).join("");
  }

  // ---- walking

  function go(where) {
    const end = all.moves.length, turn = all.moves.findIndex(({ kind }) => kind === "mean") + 1;
    at = { first: 0, back: Math.max(0, at - 1), next: Math.min(end, at + 1), turn, last: end }[where];
    const focused = document.activeElement;
    draw();
    if (focused.disabled) (buttons.next.disabled ? buttons.back : buttons.next).focus(); // keys would not reach it any more
  }
  root.addEventListener("click", async ({ target }) => {
    const where = target.closest("[data-go]")?.dataset.go;
    if (!where) return;
    if (where !== "other") return go(where);
    try {
      all = await engine.ask("step_by_step", { seed: ++seed });
      at = 0;
      draw();
    } catch { /* the recorded one stays */ }
  });
  root.addEventListener("keydown", (event) => {
    const where = { ArrowRight: "next", ArrowLeft: "back", Home: "first", End: "last" }[event.key];
    if (!where || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(where);
  });
  buttons.other.disabled = !engine.live;
  engine.addEventListener("live", () => { buttons.other.disabled = false; });
  draw();
}
