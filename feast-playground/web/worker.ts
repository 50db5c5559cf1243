// Runs the WebAssembly module in a worker, so that nothing blocks the editor.
import init, { ask } from "../pkg/feast_playground.js";
import module from "../pkg/feast_playground_bg.wasm?url";

declare const self: DedicatedWorkerGlobalScope;

const loaded = init({ module_or_path: new URL(module, import.meta.url) });

self.addEventListener("message", async ({ data }: MessageEvent<{ id: number; question: string }>) => {
  try {
    await loaded;
    const start = performance.now();
    const answer = ask(data.question);
    self.postMessage({ id: data.id, answer, took: performance.now() - start });
  } catch (error) {
    // After a trap the module must not be used again: the page starts another worker.
    self.postMessage({ id: data.id, fault: String(error) });
  }
});
