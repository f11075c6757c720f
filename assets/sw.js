// The service worker: it makes Gradsheet work offline after one visit.
//
// `cargo xtask` inserts the list of the build's files. The shell, which is the page itself, is stored at the
// first visit. The trainer, its data and the worker for files are stored when they are first used, because most visitors
// never train. Each part has a cache of its own, named after its content, so a new build replaces only what has changed.
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
      // "no-cache" asks the server whether the browser's own copy is up to date. An old copy would mix two builds.
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

/** Answers from the cache, else from the network: a file with a hash in its name never changes. */
async function cacheFirst(request, part, file) {
  const cache = await caches.open(cacheName(part));
  return (await cache.match(file)) ?? fetchAndKeep(request, part, cache, file);
}

/** Answers from the network, and from the cache when there is no network: a file without a hash may change. */
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

/** Fetches a file, and stores it unless it belongs to the shell. */
async function fetchAndKeep(request, part, cache, file) {
  const response = await fetch(request);
  // The shell stays as it was installed, because a newer index.html beside older files would mix two builds. Of the other
  // parts, only complete answers without an error are stored.
  if (part !== "shell" && response.status === 200 && response.type === "basic") {
    // The copy is stored while the page reads the answer. A full disk must not be an error for the page.
    cache.put(file, response.clone()).catch(() => {});
  }
  return response;
}
