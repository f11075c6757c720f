// Loads a part of the page: the trainer's lab, the pad or the sheet's tools into the page, or a worker. The address names the part's code, the build
// that it must be of, and the data set that the code will need: `loader.js?code=trainer&v=0123456789ab&ahead=mnist`. All
// files are requested at the same time, so that they arrive while the code is compiled. `src/trainer/worker/fetch.rs` takes
// the data from `self.ahead`.

// The page asks with an empty message whether a worker is alive. It is where this answers: it neither loops nor has ended.
const isWorker = typeof document === "undefined";
if (isWorker) addEventListener("message", ({ data }) => data === null && postMessage(null));

const query = new URL(import.meta.url).searchParams;
const code = query.get("code");
// With the name of the build in it, an address never stands for a file of another build in any cache. "attempt" is there
// when an earlier attempt has failed: a browser remembers that a script did not load.
const kept = new URLSearchParams(["v", "attempt"].flatMap((key) => (query.has(key) ? [[key, query.get(key)]] : [])));
const address = (file) => new URL(`${file}?${kept}`, import.meta.url);

/** Requests a file. The code that waits for it reports if that fails; until then the browser must not report it. */
function request(address) {
  const answer = fetch(address);
  answer.catch(() => {});
  return answer;
}

// The address of this script names no file of the data: a filter that blocks such a file must not block the code with it.
// `src/mnist/mod.rs` has the same list.
const DATA = {
  mnist: [
    "assets/mnist/train-images-idx3-ubyte.gz",
    "assets/mnist/train-labels-idx1-ubyte.gz",
    "assets/mnist/t10k-images-idx3-ubyte.gz",
    "assets/mnist/t10k-labels-idx1-ubyte.gz",
  ],
};
self.ahead = new Map((DATA[query.get("ahead")] ?? []).map((file) => [file, request(new URL(file, import.meta.url))]));
try {
  const wasm = request(address(`${code}_bg.wasm`));
  const { default: init } = await import(address(`${code}.js`));
  await init({ module_or_path: wasm });
} catch (error) {
  // Some browsers report nothing to the page when a module fails here. A slot has no worker (`src/ui/kit/slot.rs`).
  if (isWorker) postMessage(`its code could not be loaded (${error?.message ?? error})`);
  else document.querySelector(`[data-code=${code}]`)?.dispatchEvent(new CustomEvent("unloaded", { detail: String(error) }));
}
