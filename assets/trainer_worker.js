// The entry of the trainer's workers. The address names the code to run and the files that it will need:
// `trainer_worker.js?trainer-gpu&assets/mnist/train-images-idx3-ubyte.gz`. The files are requested first, so that they
// arrive while the code is fetched and compiled. `src/trainer/worker/fetch.rs` takes them from `self.ahead`.

// The page asks with an empty message whether this worker is alive. It is where this answers: it neither loops nor has
// ended.
addEventListener("message", ({ data }) => data === null && postMessage(null));

const [code, ...files] = new URL(import.meta.url).search.slice(1).split("&");
self.ahead = new Map(files.map((file) => [file, fetch(new URL(file, import.meta.url))]));
// `fetch.rs` reports a failed request when it needs the file; until then the browser must not report it.
for (const answer of self.ahead.values()) answer.catch(() => {});

try {
  const { default: init } = await import(`./${code}.js`);
  await init();
} catch (error) {
  // Some browsers report nothing to the page when a module fails here.
  postMessage(`its code could not be loaded (${error?.message ?? error})`);
}
