// The graph of objects and their references.
import { el } from "../dom";
import { isDark } from "../scheme";
import { none } from "./yaml";

const DARK = "@media(prefers-color-scheme:dark)";
// On a phone it scrolls, so that its text stays readable.
const FIT = "svg{max-width:100%;height:auto;display:block;margin:0 auto}@media(max-width:760px){svg{max-width:none}}";

export class GraphView {
  private readonly rights = el("input", { type: "checkbox", id: "rights" });
  private readonly controls = el("div", { class: "controls" }, el("label", { class: "check" }, this.rights, " Show rights"));
  private readonly nothing = none("No graph");
  private readonly picture = el("div", { class: "picture", tabindex: "0", role: "region", "aria-label": "Graph" });
  /** Isolates the styles of the picture from the page. */
  private readonly root = this.picture.attachShadow({ mode: "open" });

  constructor(panel: HTMLElement, asked: () => void) {
    panel.replaceChildren(this.controls, this.nothing, this.picture);
    this.rights.addEventListener("change", asked);
    this.show(null);
  }

  get showsRights(): boolean {
    return this.rights.checked;
  }

  set showsRights(shows: boolean) {
    this.rights.checked = shows;
  }

  show(svg: string | null): void {
    this.controls.hidden = this.picture.hidden = svg === null;
    this.nothing.hidden = svg !== null;
    // The page may be dark although the system is light.
    const drawn = svg?.replace(DARK, isDark() ? "@media all" : "@media not all") ?? "";
    this.root.innerHTML = `<style>${FIT}</style>${drawn}`;
  }
}
