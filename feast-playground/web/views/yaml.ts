// YAML texts with a heading and a copy button.
import { el } from "../dom";
import { shown } from "../theme";

export function block(label: string, yaml: string): HTMLElement {
  const copy = el("button", { class: "copy", type: "button", "aria-label": `Copy ${label}` }, "Copy");
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(yaml);
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy"), 1500);
  });
  return el("div", { class: "yaml" }, copy, el("pre", { tabindex: "0", role: "region", "aria-label": label }, shown(yaml)));
}

export function none(what: string): HTMLElement {
  return el("div", { class: "empty" }, el("p", {}, what), el("p", { class: "muted" }, "A rejected FeatureStore is not rendered: see the findings."));
}
