// The worker, as seen from the page: ask it something, get a promise.

export class Engine extends EventTarget {
  state = "loading"; // then "live" or "failed"
  #asked = new Map();
  #last = 0;

  constructor() {
    super();
    try {
      this.worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
      this.worker.onmessage = ({ data }) => this.#hear(data);
      this.worker.onerror = (event) => this.#fail(event.message || "the worker did not start");
    } catch (error) {
      queueMicrotask(() => this.#fail(error.message));
    }
  }

  /** Ask live.py; the promise fails with its words if it cannot answer. */
  ask(call, question = {}) {
    if (this.state === "failed") return Promise.reject(new Error(this.reason));
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      this.worker.postMessage({ id, text: question.name, message: JSON.stringify({ call, ...question }) });
    });
  }

  get live() { return this.state === "live"; }

  #hear({ id, answer, news, ready, failed }) {
    if (failed !== undefined) return this.#fail(failed);
    if (news) return this.#tell("news", news);
    if (ready) {
      this.state = "live";
      return this.#tell("live", ready);
    }
    const { resolve, reject } = this.#asked.get(id);
    this.#asked.delete(id);
    const result = JSON.parse(answer);
    if (result.error === undefined) resolve(result);
    else reject(new Error(result.error));
  }

  #fail(reason) {
    this.state = "failed";
    this.reason = reason;
    for (const { reject } of this.#asked.values()) reject(new Error(reason));
    this.#asked.clear();
    this.#tell("failed", reason);
  }

  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}
