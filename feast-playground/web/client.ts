// Sends questions to the worker: one at a time, only the newest of each kind.
import type { Name, Questions } from "./types";

/** Kinds of questions, the most urgent first: the user waits for them while typing. */
const URGENT: Name[] = ["choices", "complete", "hover", "share", "examine", "render", "draw", "changes"];

/** Milliseconds after which a worker counts as lost. */
const PATIENCE = 20_000;

export class Failed extends Error {}

export interface Told<T> {
  answer: T;
  /** Milliseconds that the worker took. */
  took: number;
}

interface Job {
  name: Name;
  question: string;
  /** Undefined if a newer question replaced this one. */
  resolve: (told: Told<never> | undefined) => void;
  reject: (error: Failed) => void;
}

export class Client {
  private worker = this.start();
  private waiting = new Map<Name, Job>();
  private current: (Job & { id: number; timer: number }) | undefined;
  private count = 0;

  /** Asks a question; resolves to undefined if a newer one of its kind replaces it. */
  ask<N extends Name>(name: N, parts: Questions[N][0]): Promise<Told<Questions[N][1]> | undefined> {
    const question = JSON.stringify({ ask: name, ...parts });
    return new Promise((resolve, reject) => {
      this.waiting.get(name)?.resolve(undefined);
      this.waiting.set(name, { name, question, resolve: resolve as Job["resolve"], reject });
      this.next();
    });
  }

  private start(): Worker {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }) => this.told(data));
    worker.addEventListener("error", (event) => this.lost(event.message));
    return worker;
  }

  private next(): void {
    if (this.current) return;
    const name = URGENT.find((name) => this.waiting.has(name));
    if (!name) return;
    const job = this.waiting.get(name)!;
    this.waiting.delete(name);
    const id = ++this.count;
    const timer = window.setTimeout(() => this.lost("it takes too long"), PATIENCE);
    this.current = { ...job, id, timer };
    this.worker.postMessage({ id, question: job.question });
  }

  private told({ id, answer, took, fault }: { id: number; answer: string; took: number; fault?: string }): void {
    const job = this.current;
    if (job?.id !== id) return;
    if (fault !== undefined) return this.lost(fault);
    clearTimeout(job.timer);
    this.current = undefined;
    const told = JSON.parse(answer);
    // There is a newer question of this kind: this answer is stale.
    if (this.waiting.has(job.name)) job.resolve(undefined);
    else if (told.error !== undefined) job.reject(new Failed(told.error));
    else job.resolve({ answer: told.answer as never, took });
    this.next();
  }

  /** Replaces the module, which is unusable after a fault. */
  private lost(why: string): void {
    this.worker.terminate();
    this.worker = this.start();
    const job = this.current;
    this.current = undefined;
    if (job) clearTimeout(job.timer);
    job?.reject(new Failed(`This text cannot be examined: ${why}`));
    this.next();
  }
}
