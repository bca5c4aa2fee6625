// The live page: draws a recorded run at once, and hands over to the network as soon as it is there.

import { Engine } from "./engine.js";
import { learns } from "./learns.js";
import { steps } from "./steps.js";
import { writes } from "./writes.js";

const status = document.getElementById("status");
const say = (kind, text) => {
  status.className = `status ${kind}`;
  status.textContent = text;
};

const engine = new Engine();
window.live = { engine }; // for whoever wants to ask it something in the console, and for the tests
say("loading", "Being loaded, some 10 MB the first time; meanwhile you see a recorded run.");
engine.addEventListener("news", ({ detail }) => say("loading", `A recorded run, while ${detail}…`));
engine.addEventListener("live", ({ detail }) => {
  say("live", `Live: the network runs in your browser (it took ${detail.seconds.toFixed(1)} seconds to load).`);
  Object.assign(window.live, { ready: detail.seconds, fast: detail.fast });
});
engine.addEventListener("failed", ({ detail }) => {
  say("failed", `The live network cannot run here: ${detail}. Perhaps you are offline; reload the page to try again. You are watching a recording of the same code. Pointing at letters, choosing units,
    “Play the recording” and “Step by step” all work.`);
});

const response = await fetch(new URL("recorded.json", import.meta.url));
const recorded = await response.json();
for (const [part, run] of [[writes, recorded.writes], [learns, recorded.learns], [steps, recorded.steps]]) {
  part(run, engine);
  await new Promise((resolve) => setTimeout(resolve)); // one at a time, so that the page never stands still
}
// The browser has jumped before the parts were drawn, which moved what is below them.
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView({ behavior: "instant" });
