// The answers of the WebAssembly module: the types in src/.

export type Level = "error" | "warning";

export interface Options {
  release: string;
  platform: "kubernetes" | "openshift";
  serviceMonitor: boolean;
  operator: "none" | "without-restarts" | "all" | "hardened";
  namespace: string;
  rights: boolean;
  now: string;
}

export interface TextEdit {
  from: number;
  to: number;
  insert: string;
}

export interface Finding {
  code: string;
  level: Level;
  message: string;
  help: string[];
  meaning: string | null;
  object: string | null;
  from: number;
  to: number;
  line: number;
  related: { message: string; from: number; to: number; line: number }[];
  fix: { title: string; isSafe: boolean; edits: TextEdit[] } | null;
}

export interface Store {
  name: string;
  objects: { kind: string; name: string; group: string; yaml: string }[];
  documents: { name: string; yaml: string }[];
  status: string;
}

export interface Answer {
  findings: Finding[];
  featureStores: number;
  objects: number;
}

export interface Offered {
  label: string;
  kind: "required" | "field" | "value";
  from: number;
  to: number;
  insert: string;
  detail: string | null;
  info: string | null;
}

export interface Hovered {
  from: number;
  to: number;
  text: string;
}

export interface FieldChange {
  path: string;
  old?: unknown;
  new?: unknown;
}

export interface Changes {
  summary: string;
  stores: {
    name: string;
    notes: { level: Level; text: string; more: string[] }[];
    objects: {
      action: "add" | "change" | "remove" | "leave";
      object: string;
      effects: string[];
      fields: FieldChange[];
    }[];
  }[];
}

export type Against =
  | { with: "text"; text: string }
  | { with: "release"; release: string }
  | { with: "replicas"; replicas: number };

export interface Colors {
  ground: string;
  line: string;
}

export interface Choices {
  releases: { name: string; date: string; isRendered: boolean }[];
  newest: string;
  groups: { name: string; light: Colors; dark: Colors }[];
}

export interface Shared {
  text: string;
  leftOut: string[];
}

/** Questions and answers by name. */
export interface Questions {
  choices: [{}, Choices];
  examine: [{ text: string; options: Options }, Answer];
  render: [{ text: string; options: Options }, Store[]];
  draw: [{ text: string; options: Options }, string | null];
  changes: [{ text: string; options: Options; against: Against }, Changes];
  complete: [{ text: string; offset: number; options: Options }, Offered[]];
  hover: [{ text: string; offset: number }, Hovered | null];
  share: [{ text: string }, Shared];
}
export type Name = keyof Questions;
