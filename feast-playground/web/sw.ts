/// <reference lib="webworker" />
// Caches the files of the page, so that it works offline. The build inserts their names here.
export {};

declare const self: ServiceWorkerGlobalScope;

const CACHE = "feast-playground-__VERSION__";
const FILES = "__FILES__".split("\n");

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forget().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method === "GET" && url.origin === self.location.origin) {
    event.respondWith(answer(event.request));
  }
});

async function keep(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((file) => new Request(file, { cache: "no-cache" })));
}

/** Deletes the files of other versions of this page, but not of other pages. */
async function forget(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith("feast-playground-") && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(CACHE);
  const isPage = request.mode === "navigate";
  const kept = await cache.match(isPage ? "index.html" : request, { ignoreSearch: true });
  return kept ?? fetch(request);
}
