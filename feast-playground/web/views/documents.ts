// The feature_store.yaml documents, and the status that the operator reports.
import { el } from "../dom";
import type { Store } from "../types";
import { block, none } from "./yaml";

const READERS: Record<string, string> = {
  service: "For the servers",
  client: "For clients",
  lineage: "For the lineage server",
};

export function documents(panel: HTMLElement, stores: Store[]): void {
  if (stores.length === 0) return panel.replaceChildren(none("No documents"));
  const several = stores.length > 1;
  const texts = stores.flatMap((store) =>
    store.documents.map(({ name, yaml }) => {
      const title = READERS[name] ?? name;
      return el("section", {}, el("h2", {}, several ? `${title}: ${store.name}` : title), block(`${title}, ${store.name}`, yaml));
    }),
  );
  panel.replaceChildren(...texts);
}

export function status(panel: HTMLElement, stores: Store[]): void {
  if (stores.length === 0) return panel.replaceChildren(none("No status"));
  const texts = stores.map((store) => el("section", {}, el("h2", {}, store.name), block(`Status of ${store.name}`, store.status)));
  panel.replaceChildren(...texts);
}
