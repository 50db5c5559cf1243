// The findings, with lines, help and fixes.
import { counted, el, prose } from "../dom";
import { sentence, type Editor } from "../editor";
import type { Answer, Finding } from "../types";

export function findings(panel: HTMLElement, answer: Answer, editor: Editor): void {
  const list = answer.findings.map((finding) => item(finding, editor));
  panel.replaceChildren(list.length > 0 ? el("ul", { class: "findings" }, ...list) : nothing(answer));
}

function nothing(answer: Answer): HTMLElement {
  if (answer.featureStores === 0) {
    return el("div", { class: "empty" }, el("p", {}, "There is no FeatureStore here yet."), el("p", { class: "muted" }, "Choose an example above, or type one: Control and Space list completions."));
  }
  const what = answer.objects > 0 ? `The API server admits this, and the operator creates ${counted(answer.objects, "object")}.` : "The API server admits this.";
  return el("div", { class: "empty good" }, el("p", {}, "No findings"), el("p", { class: "muted" }, what));
}

function item(finding: Finding, editor: Editor): HTMLElement {
  const { fix } = finding;
  const show = () => editor.reveal(finding.from, finding.to);
  return el(
    "li",
    { class: `finding ${finding.level}` },
    el(
      "div",
      { class: "head" },
      el("span", { class: "level" }, finding.level),
      el("span", { class: "code" }, finding.code),
      el("button", { class: "line", type: "button", onclick: show, "aria-label": `Go to line ${finding.line}: ${finding.code}` }, `line ${finding.line}`),
    ),
    el("p", { class: "message" }, ...prose(finding.message)),
    ...finding.help.map((help) => el("p", { class: "help" }, ...prose(help))),
    ...finding.related.map((related) =>
      el("p", { class: "related" }, el("button", { class: "line", type: "button", onclick: () => editor.reveal(related.from, related.to) }, `line ${related.line}`), ` ${related.message}`),
    ),
    fix && el("button", { class: "fix", type: "button", onclick: () => editor.edit(fix.edits) }, sentence(fix.title)),
    finding.meaning !== null && finding.meaning !== finding.message && el("details", {}, el("summary", {}, "Why"), el("p", {}, ...prose(finding.meaning))),
  );
}
