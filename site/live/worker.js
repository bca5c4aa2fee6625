// The worker: Python in the browser (Pyodide), numpy, rnnlib, and live.py, which answers. All of it stays off the page's own thread.

const here = (path) => new URL(path, self.location).href;
const KERNEL = ["simd_matmul.py", "simd_matmul.wasm"]; // numpy's products of float32, fast; without it numpy's own serve
const DATA = `
import os, simd_matmul
fast = simd_matmul.install()
import rnnlib
data = os.path.join(os.path.dirname(rnnlib.__file__), "data")  # where rnnlib.corpus looks, once it is imported
os.makedirs(data, exist_ok=True)
data`;
const waiting = [];
let answer = null, pyodide = null, data = "";

self.onmessage = ({ data: asked }) => (answer ? reply(asked) : waiting.push(asked));

async function reply({ id, text, message }) {
  try {
    if (text) await fetchInto(`${text}.txt`);
    self.postMessage({ id, answer: answer(message) });
  } catch (error) {
    self.postMessage({ id, answer: JSON.stringify({ error: String(error.message ?? error).trim().split("\n").at(-1) }) });
  }
}

/** Put one of the course's files where rnnlib looks for it, if it is not there yet. */
async function fetchInto(name) {
  const path = `${data}/${name}`;
  if (pyodide.FS.analyzePath(path).exists) return;
  pyodide.FS.writeFile(path, new Uint8Array(await get(`../wheels/data/${name}`, "arrayBuffer")));
}

async function get(path, kind) {
  const response = await fetch(here(path));
  if (!response.ok) throw new Error(`${path} could not be fetched (${response.status})`);
  return response[kind]();
}

async function start() {
  const began = performance.now();
  const news = (text) => self.postMessage({ news: text });
  news("Python is being loaded");
  const { loadPyodide } = await import(here("../pyodide/pyodide.mjs"));
  const files = ["live.py", ...KERNEL].map(async (name) => [name, new Uint8Array(await get(name, "arrayBuffer"))]);
  pyodide = await loadPyodide({ indexURL: here("../pyodide/"), packages: ["numpy", "rnnlib"] });
  const missing = ["numpy", "rnnlib"].filter((name) => !pyodide.loadedPackages[name]);
  if (missing.length) throw new Error(`${missing.join(" and ")} could not be fetched from the network`);
  news("the network is being loaded");
  for (const [name, bytes] of await Promise.all(files)) pyodide.FS.writeFile(name, bytes);
  data = pyodide.runPython(DATA);
  await fetchInto("shakespeare-rnn.npz");
  answer = pyodide.pyimport("live").answer;
  const { hidden_size, chars } = JSON.parse(answer('{"call": "load"}'));
  self.postMessage({ ready: { seconds: (performance.now() - began) / 1000, fast: pyodide.globals.get("fast"), hidden_size, chars } });
  for (const asked of waiting.splice(0)) await reply(asked);
}

start().catch((error) => self.postMessage({ failed: String(error.message ?? error).trim().split("\n").at(-1) }));
