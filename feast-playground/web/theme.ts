// Highlighting of YAML, in the editor and elsewhere; colours are variables in style.css.
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { classHighlighter, highlightTree, tags as t } from "@lezer/highlight";
import { yamlLanguage } from "@codemirror/lang-yaml";

const style = HighlightStyle.define([
  { tag: [t.definition(t.propertyName), t.propertyName], color: "var(--key)" },
  { tag: [t.string, t.content, t.special(t.string)], color: "var(--string)" },
  { tag: [t.comment, t.lineComment], color: "var(--comment)" },
  { tag: [t.meta, t.separator, t.punctuation, t.squareBracket, t.brace], color: "var(--muted)" },
  { tag: [t.keyword, t.typeName, t.labelName], color: "var(--accent)" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--ground)", color: "var(--ink)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", fontSize: "13px", lineHeight: "1.6" },
  ".cm-content": { padding: "10px 0", caretColor: "var(--ink)" },
  ".cm-cursor": { borderLeftColor: "var(--ink)", borderLeftWidth: "1.5px" },
  ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--faint)", border: "none" },
  ".cm-lineNumbers .cm-gutterElement": { padding: "0 10px 0 6px", minWidth: "28px" },
  ".cm-activeLine": { backgroundColor: "var(--line-ground)" },
  ".cm-activeLineGutter": { backgroundColor: "var(--line-ground)", color: "var(--muted)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selection) !important",
  },
  ".cm-matchingBracket": { backgroundColor: "var(--selection) !important" },
  ".cm-tooltip": {
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
    border: "1px solid var(--border)",
    borderRadius: "6px",
    boxShadow: "var(--shadow)",
  },
  ".cm-tooltip-hover": { overflow: "hidden" },
  ".cm-tooltip-section:not(:first-child)": { borderTop: "1px solid var(--border)" },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", fontSize: "12.5px" },
  ".cm-tooltip-autocomplete > ul > li": { padding: "3px 8px !important" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--accent-ground) !important",
    color: "var(--ink) !important",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "600", color: "var(--accent)" },
  ".cm-completionDetail": { color: "var(--muted)", fontStyle: "normal", marginLeft: "12px" },
  ".cm-completionInfo": { padding: "8px 10px !important", maxWidth: "360px", margin: "0 4px" },
  ".cm-diagnostic": { padding: "8px 10px", borderLeft: "3px solid var(--warning)", maxWidth: "520px" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--error)" },
  ".cm-diagnosticAction": {
    backgroundColor: "var(--accent-strong)",
    color: "var(--on-accent)",
    font: "inherit",
    fontWeight: "500",
    padding: "3px 9px",
    borderRadius: "4px",
    margin: "8px 6px 0 0",
    border: "none",
    cursor: "pointer",
  },
  ".cm-lintRange": { backgroundImage: "none", paddingBottom: "1px" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--error)", textUnderlineOffset: "3px", textDecorationThickness: "1px" },
  ".cm-lintRange-warning": { textDecoration: "underline wavy var(--warning)", textUnderlineOffset: "3px", textDecorationThickness: "1px" },
  ".cm-gutter-lint": { width: "14px" },
  ".cm-lint-marker": { width: "8px", height: "8px", borderRadius: "50%", marginTop: "6px", content: "none !important" },
  ".cm-lint-marker-error": { backgroundColor: "var(--error)" },
  ".cm-lint-marker-warning": { backgroundColor: "var(--warning)" },
  ".cm-panels": { backgroundColor: "var(--raised)", color: "var(--ink)", borderColor: "var(--border)" },
  ".cm-panel input, .cm-panel button": { font: "inherit", color: "inherit" },
});

export const looks = [theme, syntaxHighlighting(style)];

/** Highlighted YAML. */
export function shown(yaml: string): HTMLElement {
  const code = document.createElement("code");
  let end = 0;
  const add = (to: number, classes: string) => {
    if (to <= end) return;
    const text = yaml.slice(end, to);
    end = to;
    if (!classes) return void code.append(text);
    const span = document.createElement("span");
    span.className = classes;
    span.textContent = text;
    code.append(span);
  };
  highlightTree(yamlLanguage.parser.parse(yaml), classHighlighter, (from, to, classes) => {
    add(from, "");
    add(to, classes);
  });
  add(yaml.length, "");
  return code;
}
