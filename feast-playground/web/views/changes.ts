// Effects of an earlier text, another release or another number of replicas.
import { el, prose } from "../dom";
import type { Against, Changes, Choices, FieldChange, Options } from "../types";

type Mode = "text" | "release" | "replicas";

export interface Comparison {
  text: string;
  options: Options;
  against: Against;
}

/** The panel: controls, and the result of the comparison. */
export class ChangesView {
  private readonly mode = el("select", { id: "compare" }, ...modes());
  private readonly release = el("select", { id: "other-release", "aria-label": "Other release" });
  private readonly replicas = el("input", { id: "replicas", type: "number", min: "0", max: "1000", value: "5", "aria-label": "Replicas" });
  private readonly before = el("textarea", { id: "before", spellcheck: "false", rows: "12", "aria-label": "Text before" });
  private readonly keep = el("button", { type: "button", id: "keep" }, "Use the current text");
  private readonly other = el("details", { class: "before" }, el("summary", {}, "Text before"), this.before, this.keep);
  private readonly result = el("div", { id: "change-result", "aria-live": "off" });

  constructor(panel: HTMLElement, private readonly current: () => string, asked: () => void) {
    panel.replaceChildren(
      el("div", { class: "controls" }, el("label", {}, "Compare with ", this.mode), this.release, this.replicas),
      this.other,
      this.result,
    );
    const change = () => {
      this.arrange();
      asked();
    };
    for (const control of [this.mode, this.release]) control.addEventListener("change", change);
    for (const control of [this.replicas, this.before]) control.addEventListener("input", change);
    this.keep.addEventListener("click", () => {
      this.before.value = this.current();
      change();
    });
    this.arrange();
  }

  offer(choices: Choices): void {
    const rendered = choices.releases.filter((release) => release.isRendered);
    this.release.replaceChildren(...rendered.map(({ name }) => el("option", { value: name }, name)));
    const older = rendered[rendered.findIndex(({ name }) => name === choices.newest) + 1];
    if (older) this.release.value = older.name;
  }

  get comparesTexts(): boolean {
    return this.mode.value === "text";
  }

  /** The earlier text. */
  get earlier(): string {
    return this.before.value;
  }

  set earlier(text: string) {
    this.before.value = text;
  }

  /** The question for the current choice. */
  comparison(options: Options, choices: Choices): Comparison | undefined {
    const text = this.current();
    switch (this.mode.value as Mode) {
      case "text":
        return { text: this.earlier, options, against: { with: "text", text } };
      case "replicas": {
        const replicas = this.replicas.valueAsNumber;
        return Number.isInteger(replicas) ? { text, options, against: { with: "replicas", replicas } } : undefined;
      }
      case "release": {
        // An upgrade: from the older release to the newer one.
        const names = choices.releases.map(({ name }) => name);
        const [chosen, other] = [options.release || choices.newest, this.release.value];
        const [newer, older] = names.indexOf(chosen) < names.indexOf(other) ? [chosen, other] : [other, chosen];
        return { text, options: { ...options, release: older }, against: { with: "release", release: newer } };
      }
    }
  }

  show({ options, against }: Comparison, changes: Changes): void {
    const title = against.with === "release" ? `From ${options.release} to ${against.release}` : against.with === "replicas" ? `kubectl scale --replicas ${against.replicas}` : "From the text before to the text in the editor";
    const stores = changes.stores.map((store) => {
      const isSame = store.notes.length === 0 && store.objects.length === 0;
      return el(
        "section",
        {},
        el("h2", {}, store.name),
        ...store.notes.map((note) => el("div", { class: `note ${note.level}` }, el("p", {}, ...prose(note.text)), ...note.more.map((more) => el("p", { class: "muted" }, more)))),
        ...store.objects.map((object) => changed(object)),
        isSame && el("p", { class: "muted" }, "Nothing changes."),
      );
    });
    this.result.replaceChildren(el("p", { class: "summary" }, el("b", {}, title), ` — ${changes.summary}`), ...stores);
  }

  fail(message: string): void {
    this.result.replaceChildren(el("p", { class: "note error" }, message));
  }

  private arrange(): void {
    const mode = this.mode.value as Mode;
    this.release.hidden = mode !== "release";
    this.replicas.hidden = mode !== "replicas";
    this.other.hidden = mode !== "text";
  }
}

function modes(): HTMLOptionElement[] {
  const names: [Mode, string][] = [
    ["text", "an earlier text"],
    ["release", "another release"],
    ["replicas", "another number of replicas"],
  ];
  return names.map(([value, name]) => el("option", { value }, name));
}

const MARKS = { add: "+", change: "~", remove: "−", leave: "=" } as const;
const ACTIONS = { add: "added", change: "changed", remove: "removed", leave: "left behind" } as const;

function changed(object: Changes["stores"][number]["objects"][number]): HTMLElement {
  const { action } = object;
  return el(
    "div",
    { class: `changed ${action}` },
    el("p", { class: "head" }, el("span", { class: "mark", role: "img", "aria-label": ACTIONS[action] }, MARKS[action]), object.object),
    action === "leave" && el("p", { class: "effect" }, "stays: the operator does not delete it"),
    ...object.effects.map((effect) => el("p", { class: "effect" }, effect)),
    object.fields.length > 0 && el("dl", {}, ...object.fields.flatMap((field) => fields(field))),
  );
}

function fields({ path, old, new: now }: FieldChange): HTMLElement[] {
  return [
    el("dt", {}, path),
    el("dd", {}, old !== undefined && el("del", {}, short(old)), now !== undefined && el("ins", {}, short(now))),
  ];
}

/** Shortens long values. */
const LONG = 120;

function short(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONG ? `${text.slice(0, LONG)}…` : text;
}
