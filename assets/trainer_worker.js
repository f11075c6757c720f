// Where the trainer's workers begin. The address says whose code is to run, and which files it will need:
// `trainer_worker.js?trainer-gpu&assets/mnist/train-images-idx3-ubyte.gz`. These are asked for first, so that they
// arrive while the code is fetched and compiled. `src/trainer/worker/fetch.rs` takes them from here.

const [code, ...files] = new URL(import.meta.url).search.slice(1).split("&");
self.ahead = new Map(files.map((file) => [file, fetch(new URL(file, import.meta.url))]));
// One that fails is told of when it is needed.
for (const answer of self.ahead.values()) answer.catch(() => {});

const { default: init } = await import(`./${code}.js`);
await init();
