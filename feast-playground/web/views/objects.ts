// The objects that the operator creates, in the order of their application.
import { el } from "../dom";
import type { Store } from "../types";
import { block, none } from "./yaml";

/** The open objects, which stay open while the user types. */
const open = new Set<string>();

export function objects(panel: HTMLElement, stores: Store[]): void {
  if (stores.length === 0) return panel.replaceChildren(none("No objects"));
  const several = stores.length > 1;
  const sections = stores.map((store) =>
    el("section", {}, several && el("h2", {}, store.name), ...store.objects.map((object) => one(object))),
  );
  panel.replaceChildren(...sections);
}

function one({ kind, name, group, yaml }: Store["objects"][number]): HTMLElement {
  const label = `${kind} ${name}`;
  const details = el(
    "details",
    { class: "object", open: open.has(label) },
    el("summary", {}, el("span", { class: `kind ${group}` }, kind), el("span", { class: "name" }, name)),
  );
  const fill = () => {
    if (details.open && details.childElementCount === 1) details.append(block(label, yaml));
  };
  details.addEventListener("toggle", () => {
    if (details.open) open.add(label);
    else open.delete(label);
    fill();
  });
  fill();
  return details;
}
