// Links contain a text and options in the URL's fragment, which browsers do not send to servers.
import type { Options, Shared } from "./types";

export interface Linked {
  text: string;
  options: Partial<Omit<Options, "now">>;
  /** The earlier text, if the page compares with one. */
  before?: string;
}

const PREFIX = "#v1.";

/** The URL with a text and options. */
export async function urlOf(shared: Shared, before: Shared | undefined, options: Linked["options"]): Promise<string> {
  const linked: Linked = { text: shared.text, options };
  if (before) linked.before = before.text;
  const packed = await through(new Blob([JSON.stringify(linked)]), new CompressionStream("deflate-raw"));
  const url = new URL(location.href);
  url.hash = PREFIX + toBase64(new Uint8Array(await packed.arrayBuffer()));
  return url.href;
}

/** The content of a fragment, if it is valid. */
export async function linked(hash: string): Promise<Linked | undefined> {
  if (!hash.startsWith(PREFIX)) return undefined;
  try {
    const bytes = fromBase64(hash.slice(PREFIX.length));
    const text = await (await through(new Blob([bytes]), new DecompressionStream("deflate-raw"))).text();
    const found: unknown = JSON.parse(text);
    return isLinked(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isLinked(found: unknown): found is Linked {
  const it = found as Linked | null;
  return typeof it?.text === "string" && typeof it.options === "object" && ["undefined", "string"].includes(typeof it.before);
}

async function through(blob: Blob, stream: CompressionStream | DecompressionStream): Promise<Blob> {
  return new Response(blob.stream().pipeThrough(stream)).blob();
}

function toBase64(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}
