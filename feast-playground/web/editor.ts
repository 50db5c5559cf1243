// The editor: findings, completion and hover from the module.
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { linter, lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Annotation, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers, tooltips } from "@codemirror/view";
import { el, prose } from "./dom";
import { looks } from "./theme";
import type { Finding, Hovered, Offered, TextEdit } from "./types";

export interface Asked {
  complete(text: string, offset: number): Promise<Offered[] | undefined>;
  hover(text: string, offset: number): Promise<Hovered | null | undefined>;
  changed(text: string): void;
}

/** Marks a text as loaded, not typed. */
const loading = Annotation.define<boolean>();

export class Editor {
  private readonly view: EditorView;

  constructor(parent: HTMLElement, asked: Asked) {
    const state = EditorState.create({
      extensions: [
        lineNumbers(),
        // Before the others, so that findings are above the documentation of a field.
        linter(null),
        lintGutter({ hoverTime: 150 }),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        bracketMatching(),
        closeBrackets(),
        highlightSelectionMatches(),
        yaml(),
        looks,
        tooltips({ position: "fixed" }),
        autocompletion({ override: [(context) => complete(context, asked)], icons: false }),
        hoverTooltip((view, offset) => hover(view, offset, asked), { hoverTime: 350 }),
        // Escape, then Tab leaves the editor.
        keymap.of([
          { key: "Tab", run: acceptCompletion },
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...lintKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...defaultKeymap,
          indentWithTab,
        ]),
        EditorView.contentAttributes.of({
          // Editable elements are focusable anyway, but accessibility checkers look for the
          // attribute.
          tabindex: "0",
          "aria-label": "FeatureStores as YAML",
          "aria-describedby": "editor-help",
          spellcheck: "false",
          autocorrect: "off",
          autocapitalize: "off",
        }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) asked.changed(this.text);
        }),
      ],
    });
    this.view = new EditorView({ state, parent });
  }

  get text(): string {
    return this.view.state.doc.toString();
  }

  /** Replaces the text; undo restores it. */
  load(text: string): void {
    const { length } = this.view.state.doc;
    this.view.dispatch({
      changes: { from: 0, to: length, insert: text },
      selection: { anchor: 0 },
      annotations: loading.of(true),
      scrollIntoView: true,
    });
  }

  /** Shows the findings of the current text. */
  show(findings: Finding[]): void {
    const { length } = this.view.state.doc;
    const within = (offset: number) => Math.min(offset, length);
    const diagnostics = findings.map((finding): Diagnostic => ({
      from: within(finding.from),
      to: within(Math.max(finding.to, finding.from)),
      severity: finding.level,
      message: finding.message,
      renderMessage: () => told(finding),
      actions: finding.fix ? [{ name: sentence(finding.fix.title), apply: () => this.edit(finding.fix!.edits) }] : [],
    }));
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  edit(edits: TextEdit[]): void {
    this.view.dispatch({ changes: edits, userEvent: "input.fix" });
    this.view.focus();
  }

  /** Scrolls to a part of the text. */
  reveal(from: number, to: number): void {
    const { length } = this.view.state.doc;
    const [anchor, head] = [Math.min(to, length), Math.min(from, length)];
    this.view.dispatch({
      selection: { anchor, head },
      effects: EditorView.scrollIntoView(head, { y: "center" }),
    });
    this.view.focus();
  }

  focus(): void {
    this.view.focus();
  }
}

/** A title with a capital letter. */
export function sentence(title: string): string {
  return title.charAt(0).toUpperCase() + title.slice(1);
}

function told(finding: Finding): HTMLElement {
  return el(
    "div",
    { class: "told" },
    el("span", { class: "code" }, finding.code),
    el("p", {}, ...prose(finding.message)),
    ...finding.help.map((help) => el("p", { class: "help" }, ...prose(help))),
  );
}

async function complete(context: CompletionContext, asked: Asked): Promise<CompletionResult | null> {
  const { state, pos, explicit } = context;
  const line = state.doc.lineAt(pos);
  const before = line.text.slice(0, pos - line.from);
  // Automatic completion only in a word or at the start of a value.
  if (!explicit && !/[\w"]$|:\s$/.test(before)) return null;
  const offered = await asked.complete(state.doc.toString(), pos);
  const first = offered?.[0];
  if (!offered || !first || context.aborted) return null;
  return { from: first.from, to: first.to, options: offered.map(option), validFor: /^["\w]*$/ };
}

function option(offer: Offered): Completion {
  return {
    label: offer.label,
    apply: offer.insert,
    type: offer.kind,
    boost: offer.kind === "required" ? 1 : 0,
    ...(offer.detail && { detail: offer.kind === "required" ? `${offer.detail}, required` : offer.detail }),
    ...(offer.info && { info: () => described(offer.info!) }),
  };
}

async function hover(view: EditorView, offset: number, asked: Asked) {
  const { doc } = view.state;
  const found = await asked.hover(doc.toString(), offset);
  // The text may have changed meanwhile.
  if (!found || view.state.doc !== doc) return null;
  return { pos: found.from, end: found.to, above: true, create: () => ({ dom: described(found.text) }) };
}

/** The documentation of a field: its path and type, paragraphs, and facts such as its default. */
function described(text: string): HTMLElement {
  const lines = text.split("\n");
  const [path = "", ...kind] = (lines.shift() ?? "").split(" ");
  const isFact = (line: string) => line.startsWith("  ");
  const facts = lines.filter(isFact).map((line) => line.trim());
  const rest = lines.filter((line) => !isFact(line)).join("\n").split(/\n{2,}/);
  return el(
    "div",
    { class: "described" },
    el("p", { class: "path" }, el("b", {}, path), ` ${kind.join(" ")}`),
    facts.length > 0 && el("p", { class: "facts" }, facts.join(" · ")),
    ...rest.filter((part) => part.trim()).map((part) => el("p", {}, ...prose(part.trim()))),
  );
}
