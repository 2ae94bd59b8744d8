// A thread that is asked one thing after the other, so that what it does takes no time from the daemon that is measured.
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

/** The program of the thread calls `answering`. */
export class AskingThread<Wanted, Answer extends object> {
  readonly #worker: Worker;

  protected constructor(program: string) {
    this.#worker = new Worker(new URL(program));
  }

  /** Rejects with what went wrong there. Not before the last answer has come. */
  ask(wanted: Wanted): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#worker.once('message', (answer: Answer | string) => {
        if (typeof answer === 'string') reject(new Error(answer));
        else resolve(answer);
      });
      this.#worker.postMessage(wanted);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** In the thread: what it does with what it is asked. In the main thread: nothing. */
export function answering<Wanted, Answer extends object>(work: (wanted: Wanted) => Promise<Answer>): void {
  if (isMainThread) return;
  parentPort?.on('message', (wanted: Wanted) => {
    work(wanted).then(
      (answer) => parentPort?.postMessage(answer),
      (error: Error) => parentPort?.postMessage(error.message),
    );
  });
}
