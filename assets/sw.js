// The service worker: after one visit, all of Gradsheet works offline.
//
// `cargo xtask` inserts the list of the build's files with their hashes, and the page itself (`xtask/src/offline.rs`). A
// build is kept whole or not at all, in a cache of its own: a file that a filter, a sign-in page or half an update has put
// in place of the right one does not have the right hash. The cache of the build before stays while its pages may be open.
"use strict";

const BUILD = __BUILD__;

const CACHE = `gradsheet-${BUILD.revision}`;
/** Milliseconds that the server has to send a newer page before the kept one is shown. */
const PATIENCE = 3000;

self.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  // The page asks the server itself with "no-store" (`assets/start.js`).
  if (request.method !== "GET" || request.cache === "no-store" || !request.url.startsWith(self.registration.scope)) return;
  const key = keyOf(request.url);
  if (request.mode !== "navigate") event.respondWith(answer(request, key));
  else if (key === "" || key === "index.html") {
    event.respondWith(open(request));
    event.waitUntil(tidy());
  }
});

/** The part of an address by which a file is kept: its path, and the name of its build if the address has one. */
function keyOf(url) {
  const { pathname, searchParams } = new URL(url);
  const build = searchParams.get("v");
  return pathname.slice(new URL(self.registration.scope).pathname.length) + (build === null ? "" : `?v=${build}`);
}

/** Keeps every file of this build. If one cannot be had, nothing is kept, and the browser tries again at the next visit. */
async function keep() {
  const { quota = Infinity, usage = 0 } = (await navigator.storage?.estimate?.()) ?? {};
  if (quota - usage < BUILD.bytes) throw new Error("There is no room to keep Gradsheet for offline use.");
  const cache = await caches.open(CACHE);
  try {
    for (const [key, { type, hashes }] of Object.entries(BUILD.files)) {
      // An installation that was interrupted goes on where it stopped.
      if (await cache.match(key)) continue;
      const bytes = (await ofEarlierBuild(key, hashes)) ?? (await ofServer(key, hashes));
      await cache.put(key, new Response(bytes, { headers: { "Content-Type": type, "Content-Length": bytes.byteLength } }));
    }
  } catch (error) {
    await caches.delete(CACHE);
    throw error;
  }
}

/** The bytes of a file that an earlier build has kept; undefined if they are others. */
async function ofEarlierBuild(key, hashes) {
  const bytes = await (await caches.match(key))?.arrayBuffer();
  return bytes && hashes.includes(await hash(bytes)) ? bytes : undefined;
}

/** The bytes of a file from the server. If those in the browser's own cache are wrong, they are fetched past it. */
async function ofServer(key, hashes) {
  for (const cache of ["no-cache", "reload"]) {
    const response = await fetch(key, { cache });
    const bytes = await response.arrayBuffer();
    if (response.ok && hashes.includes(await hash(bytes))) return bytes;
  }
  throw new Error(`The server does not send ${key} as it was built.`);
}

async function hash(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Drops the files of other builds, unless a page is open that may be of one of them, or a newer one is being installed. */
async function tidy() {
  const others = (await caches.keys()).filter((name) => name.startsWith("gradsheet-") && name !== CACHE);
  const open = await self.clients.matchAll({ includeUncontrolled: true });
  const { installing, waiting } = self.registration;
  if (open.length === 0 && !installing && !waiting) await Promise.all(others.map((name) => caches.delete(name)));
}

/** Answers with a kept file, of this build or of the one before, else from the server. */
async function answer(request, key) {
  const cache = await caches.open(CACHE);
  return (await cache.match(key)) ?? (await caches.match(key)) ?? fetch(request);
}

/** Opens the page: a newer one if the server has it and sends it in time, else the kept one. */
async function open(request) {
  const tooLate = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const newer = await Promise.race([newerPage(request.url), tooLate]);
  return new Response(newer ?? BUILD.page, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

/** The page of a newer build, if all that it needs to start arrives too; undefined if there is none. */
async function newerPage(url) {
  try {
    const response = await fetch(url, { cache: "no-cache" });
    if (!response.ok) return undefined;
    const page = await response.text();
    const files = Array.from(page.matchAll(/["']\.\/([\w.-]+\.(?:js|css|wasm))["']/g), ([, file]) => file);
    const unknown = files.filter((file) => !(file in BUILD.files));
    // A page without Gradsheet's code is a filter's or a sign-in page.
    if (!page.includes('id="boot"') || unknown.length === 0) return undefined;
    return (await Promise.all(unknown.map(arrives))).every(Boolean) ? page : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the server sends a file, and not a web page in its place. */
async function arrives(file) {
  const response = await fetch(file);
  await response.arrayBuffer();
  return response.ok && !/html/.test(response.headers.get("content-type") ?? "");
}
