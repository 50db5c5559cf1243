// The page: an editor, the results and the options.
import { Client, Failed } from "./client";
import { byId, counted, el } from "./dom";
import { Editor } from "./editor";
import { EXAMPLES } from "./examples";
import { linked, urlOf, type Linked } from "./link";
import { scheme } from "./scheme";
import { split } from "./split";
import { Tabs } from "./tabs";
import type { Answer, Choices, Options, Store } from "./types";
import { ChangesView } from "./views/changes";
import { documents, status } from "./views/documents";
import { findings } from "./views/findings";
import { GraphView } from "./views/graph";
import { objects } from "./views/objects";

const client = new Client();
const example = byId<HTMLSelectElement>("example");
const release = byId<HTMLSelectElement>("release");
const platform = byId<HTMLSelectElement>("platform");
const operator = byId<HTMLSelectElement>("operator");
/** A fixed time for all answers, so that a status does not change while the user reads it. */
const now = new Date().toISOString();

let answer: Answer | undefined;
let choices: Choices | undefined;

const editor = new Editor(byId("editor"), {
  complete: async (text, offset) => (await settled(client.ask("complete", { text, offset, options: options() })))?.answer,
  hover: async (text, offset) => (await settled(client.ask("hover", { text, offset })))?.answer,
  changed: () => examine(),
});
const changes = new ChangesView(byId("changes"), () => editor.text, compare);
const graph = new GraphView(byId("graph"), () => void draw());
const tabs = new Tabs(byId("tabs"), show);

void begin();

async function begin(): Promise<void> {
  scheme(() => answer && tabs.current === "graph" && show("graph"));
  example.replaceChildren(...EXAMPLES.map(({ name }, index) => el("option", { value: String(index) }, name)), el("option", { value: "", hidden: true }, "Your own"));
  example.addEventListener("change", () => start(EXAMPLES[Number(example.value)]!.text));
  for (const control of [release, platform, operator]) control.addEventListener("change", examine);
  byId("share").addEventListener("click", () => void share());
  addEventListener("hashchange", () => void restore());
  split(byId("split"), byId("panes"));
  const told = client.ask("choices", {});
  tabs.choose("findings");
  if (!(await restore())) start(EXAMPLES[0]!.text);
  choices = (await told)?.answer;
  if (choices) offer(choices);
  keepOffline();
}

/** Starts with a text, which is the earlier text for changes. */
function start(text: string): void {
  changes.earlier = text;
  editor.load(text);
}

function offer(choices: Choices): void {
  const chosen = release.value || release.dataset["wanted"] || choices.newest;
  release.replaceChildren(...choices.releases.map(({ name, isRendered }) => el("option", { value: name }, isRendered ? name : `${name} (verdict only)`)));
  release.value = chosen;
  const colors = choices.groups.map(({ name, light, dark }) => `--${name}-ground: light-dark(${light.ground}, ${dark.ground}); --${name}-line: light-dark(${light.line}, ${dark.line});`);
  const style = new CSSStyleSheet();
  style.replaceSync(`:root { ${colors.join(" ")} }`);
  document.adoptedStyleSheets.push(style);
  changes.offer(choices);
  if (tabs.current === "changes") compare();
}

function options(): Options {
  const [cluster, monitored] = platform.value.split(" ");
  return {
    release: release.value || release.dataset["wanted"] || "",
    platform: cluster as Options["platform"],
    serviceMonitor: monitored !== undefined,
    operator: operator.value as Options["operator"],
    namespace: "default",
    rights: graph.showsRights,
    now,
  };
}

/** The result of a question; undefined, with a message, if it failed. */
async function settled<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    fail(error);
    return undefined;
  }
}

function fail(error: unknown): void {
  tell(error instanceof Failed ? error.message : String(error));
  document.body.dataset["state"] = "failed";
}

/** Shows a status. A screen reader repeats each change, so an equal text is not set again. */
function tell(text: string): void {
  const verdict = byId("verdict");
  if (verdict.textContent !== text) verdict.textContent = text;
}

async function examine(): Promise<void> {
  const { text } = editor;
  const loaded = EXAMPLES.findIndex((example) => example.text === text);
  example.value = loaded < 0 ? "" : String(loaded);
  document.body.dataset["state"] = "busy";
  const told = await settled(client.ask("examine", { text, options: options() }));
  // Answers to an older text are ignored.
  if (!told || text !== editor.text) return;
  answer = told.answer;
  editor.show(answer.findings);
  summarize(answer, told.took);
  show(tabs.current);
  byId("verdict").dataset["for"] = String(text.length);
  performance.mark("verdict");
  document.body.dataset["state"] = "ready";
}

function summarize({ findings, featureStores, objects }: Answer, took: number): void {
  const errors = findings.filter(({ level }) => level === "error").length;
  const parts = [counted(featureStores, "FeatureStore"), counted(errors, "error"), counted(findings.length - errors, "warning"), counted(objects, "object")];
  tell(parts.join(" · "));
  byId("took").textContent = `${took.toFixed(1)} ms`;
  byId("took").dataset["ms"] = String(took);
  const count = byId("count-findings");
  count.textContent = findings.length > 0 ? String(findings.length) : "";
  count.className = `count ${errors > 0 ? "error" : findings.length > 0 ? "warning" : ""}`;
  byId("count-objects").textContent = objects > 0 ? String(objects) : "";
}

/** Shows a tab's part of the last answer, or asks for it. */
function show(name: string): void {
  switch (name) {
    case "findings":
      return answer && findings(byId(name), answer, editor);
    case "objects":
      return void render(name, objects);
    case "documents":
      return void render(name, documents);
    case "status":
      return void render(name, status);
    case "graph":
      return void draw();
    case "changes":
      return compare();
  }
}

async function render(name: string, view: (panel: HTMLElement, stores: Store[]) => void): Promise<void> {
  const told = await settled(client.ask("render", { text: editor.text, options: options() }));
  if (told && tabs.current === name) view(byId(name), told.answer);
}

async function draw(): Promise<void> {
  const told = await settled(client.ask("draw", { text: editor.text, options: options() }));
  if (told && tabs.current === "graph") graph.show(told.answer);
}

async function comparing(): Promise<void> {
  const comparison = choices && changes.comparison(options(), choices);
  if (!comparison) return;
  try {
    const told = await client.ask("changes", comparison);
    if (told) changes.show(comparison, told.answer);
  } catch (error) {
    changes.fail(error instanceof Failed ? error.message : String(error));
  }
}

function compare(): void {
  void comparing();
}

/** Puts the text, without the data of Secrets, into the URL, and copies the URL. */
async function share(): Promise<void> {
  const text = (await settled(client.ask("share", { text: editor.text })))?.answer;
  // The link contains the earlier text only if the user is looking at the comparison.
  const before = !changes.comparesTexts || tabs.current !== "changes" ? undefined : (await settled(client.ask("share", { text: changes.earlier })))?.answer;
  if (!text) return;
  const { now: _, ...chosen } = options();
  const link = await urlOf(text, before, chosen);
  history.replaceState(null, "", link);
  const leftOut = [...new Set([...text.leftOut, ...(before?.leftOut ?? [])])];
  const without = leftOut.length > 0 ? ` Left out: ${leftOut.join(", ")}.` : "";
  try {
    await navigator.clipboard.writeText(link);
    toast(`Link copied.${without}`);
  } catch {
    toast(`The link is in the address bar.${without}`);
  }
}

/** Loads the content of the URL; false if there is none. */
async function restore(): Promise<boolean> {
  const found = await linked(location.hash);
  if (!found) return false;
  choose(found.options);
  editor.load(found.text);
  changes.earlier = found.before ?? found.text;
  return true;
}

function choose(options: Linked["options"]): void {
  if (options.release) {
    release.dataset["wanted"] = options.release;
    release.value = options.release;
  }
  if (options.platform) platform.value = options.serviceMonitor ? `${options.platform} monitored` : options.platform;
  if (options.operator) operator.value = options.operator;
  graph.showsRights = options.rights === true;
}

let toasted = 0;

function toast(text: string): void {
  const toast = byId("toast");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(toasted);
  toasted = window.setTimeout(() => (toast.hidden = true), 6000);
}

/** If the browser supports it, the page works offline from the next visit on. */
function keepOffline(): void {
  if ("serviceWorker" in navigator && import.meta.env.PROD) {
    navigator.serviceWorker.register("./sw.js").catch(() => undefined);
  }
}
