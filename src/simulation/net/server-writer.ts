// The body of a response that goes on, on the side that writes it.

import type { StreamWriter } from '../../world/net.ts';
import type { ProcessLife } from '../core/process.ts';
import { utf8 } from '../core/utf8.ts';
import type { Responder } from './responder.ts';

export class ServerWriter implements StreamWriter {
  readonly #life: ProcessLife;
  readonly #responder: Responder;
  readonly #onOver: () => void;
  readonly #closeReaders: (() => void)[] = [];
  #isOpen = true;
  #isOver = false;

  constructor(life: ProcessLife, responder: Responder, onOver: () => void) {
    this.#life = life;
    this.#responder = responder;
    this.#onOver = onOver;
    responder.onBroken(() => this.#close());
    if (!responder.isOpen) {
      this.#close();
    }
  }

  get bufferedBytes(): number {
    return this.#responder.bufferedBytes;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  write(chunk: string | Uint8Array): void {
    if (this.#isOpen) {
      this.#responder.chunk(typeof chunk === 'string' ? utf8(chunk) : chunk.slice());
    }
  }

  end(): void {
    if (this.#isOpen) {
      this.#responder.end();
      this.#close();
    }
  }

  abort(): void {
    if (this.#isOpen) {
      this.#responder.abort();
      this.#close();
    }
  }

  onClose(fn: () => void): void {
    if (this.#isOver) {
      this.#life.later('stream-closed', 0, fn);
    } else {
      this.#closeReaders.push(fn);
    }
  }

  #close(): void {
    if (!this.#isOpen) {
      return;
    }
    this.#isOpen = false;
    this.#onOver();
    this.#life.later('stream-closed', 0, () => {
      this.#isOver = true;
      for (const fn of this.#closeReaders.splice(0)) {
        fn();
      }
    });
  }
}
