// The service worker: Gradsheet works offline after one visit.
//
// `cargo xtask` fills in what the build consists of. The shell is kept from the first visit on; the trainer, its data
// and the exchange of files only once they were fetched, since most visitors never train. A cache is named after the content of its part,
// so that a new build replaces what has changed and nothing else.
"use strict";

const BUILD = __BUILD__;

const cacheName = (part) => `gradsheet-${part}-${BUILD[part].revision}`;
const PARTS = ["shell", "trainer", "gpu", "exchange", "data"];
const HASHED = new Set(BUILD.hashed);
const PART_OF = new Map(PARTS.flatMap((part) => BUILD[part].files.map((file) => [file, part])));

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(cacheName("shell"));
      // "no-cache" asks the server whether the browser's own copy is still good: no mixture of two builds.
      await cache.addAll(BUILD.shell.files.map((file) => new Request(file, { cache: "no-cache" })));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const current = new Set(PARTS.map(cacheName));
      const old = (await caches.keys()).filter((name) => name.startsWith("gradsheet-") && !current.has(name));
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !request.url.startsWith(self.registration.scope)) return;
  const path = new URL(request.url).pathname.slice(new URL(self.registration.scope).pathname.length);
  const file = path === "" ? "index.html" : path;
  const part = PART_OF.get(file);
  if (part === undefined) return;
  event.respondWith(HASHED.has(file) ? cacheFirst(request, part, file) : networkFirst(request, part, file));
});

/** A hash in the name means that the content never changes. */
async function cacheFirst(request, part, file) {
  const cache = await caches.open(cacheName(part));
  return (await cache.match(file)) ?? fetchAndKeep(request, part, cache, file);
}

/** Without one, the network knows best, and the cache is for when there is none. */
async function networkFirst(request, part, file) {
  const cache = await caches.open(cacheName(part));
  try {
    return await fetchAndKeep(request, part, cache, file);
  } catch (error) {
    const kept = await cache.match(file);
    if (kept) return kept;
    throw error;
  }
}

async function fetchAndKeep(request, part, cache, file) {
  const response = await fetch(request);
  // The shell stays as it was installed: a newer index.html beside older files would be a page of two builds.
  // Of the rest only whole, good answers: an error kept would outlive its cause.
  if (part !== "shell" && response.status === 200 && response.type === "basic") {
    // The copy is written while the page reads; a full disk must not fail the page.
    cache.put(file, response.clone()).catch(() => {});
  }
  return response;
}
