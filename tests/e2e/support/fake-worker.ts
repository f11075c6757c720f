import type { Page } from "@playwright/test";
import { type Codec, type Value, WIRE } from "./wire";
import { GREET, LOADER } from "./worker-files";

/**
 * A worker that only pretends to train and obeys each command at once. Tests use it in place of the real worker for
 * states of the page that are hard to reach, and where the speed of training must not matter. Its messages are in
 * postcard, like those of the real worker.
 */
export interface Fake {
  /** The number of steps in the first message; 1,000 by default. */
  steps?: number;
  /** The number of steps in a second message, 60 ms later; by default there is none. */
  more?: number;
  /** The number of steps in each further message, one message every 16 ms; 0 by default. */
  stream?: number;
  /** The test accuracies of the epochs that end with the first steps. */
  epochs?: number[];
  /** Why checkpoints cannot be stored; by default they can. */
  unsaved?: string;
}

/** Replaces every worker that the page starts from now on. */
export async function fakeWorker(page: Page, fake: Fake = {}): Promise<void> {
  const body = `(${work.toString()})(${JSON.stringify(fake)}, ${WIRE});\n${GREET}`;
  await page.route(LOADER, (route) => route.fulfill({ contentType: "text/javascript", body }));
}

/** The worker's code. It is sent as text, so it cannot use anything else in this file. */
function work(fake: Fake, wire: Codec): void {
  const device = { backend: { kind: "Cpu", name: "CPU (pretended)" }, why: "A test pretends." };
  const post = (message: Value): void => globalThis.postMessage(wire.encode("Message", message));
  let run_id = 0;
  const send = (event: Value): void => post({ Run: { run_id, event } });

  let taken = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const loss = (step: number): number => 2.3 * Math.exp(-step / 400) + 0.05 + 0.04 * Math.sin(step * 12.9898) ** 2;
  const steps = (count: number): void => {
    const losses = Array.from({ length: count }, (_, index) => loss(taken + index));
    taken += count;
    send({ Steps: { epoch: 1, step: taken, losses, seconds: taken / 40, images_per_second: 5120, seconds_left: 60 } });
  };
  const go = (): void => {
    if (fake.stream) timer = setInterval(() => steps(fake.stream ?? 0), 16);
  };
  const epoch = (test_accuracy: number, index: number): void =>
    send({
      Epoch: {
        epoch: index + 1,
        learning_rate: 0.01,
        train_loss: 0.3 / (index + 1),
        train_accuracy: test_accuracy - 0.01,
        test_loss: 0.1 / (index + 1),
        test_accuracy,
        correct: Math.round(test_accuracy * 10_000),
        of: 10_000,
        seconds: 19,
      },
    });

  type Command = Record<string, { run_id: number; learning_rate: number }>;
  globalThis.addEventListener("message", (message: MessageEvent<string | [Uint8Array] | null>) => {
    // The page asks for a sign of life.
    if (message.data === null) return globalThis.postMessage(null);
    // The page greets first.
    if (typeof message.data === "string") return;
    // The command comes first; the files of a data set, if any, follow it.
    const command = wire.decode("Command", message.data[0]) as Command;
    clearInterval(timer);
    if (command.Train) {
      run_id = command.Train.run_id;
      taken = 0;
      send({ Ready: device });
      steps(fake.steps ?? 1000);
      if (fake.more) setTimeout(steps, 60, fake.more);
      fake.epochs?.forEach(epoch);
      if (fake.unsaved) send({ Unsaved: { reason: fake.unsaved, checkpoint: [] } });
      go();
    } else if (command.Pause) send("Paused");
    else if (command.Resume) {
      send("Resumed");
      go();
    } else if (command.SetRate) send({ Changed: { Rate: { step: taken, learning_rate: command.SetRate.learning_rate } } });
    else if (command.Stop) send("Stopped");
    else if (command.Preflight) {
      run_id = command.Preflight.run_id;
      send({ Measured: { ...device, ms_per_step: 14.2, first_step_ms: 320, seconds: 754 } });
    }
  });
}
