// A rolling hash over everything that happens in a run. Two runs of one seed must give the same one: a difference means
// that something took its time, chance or order from outside the simulation.

/** 64 bits in two lanes; cheap enough to see every event and every byte on the wire. */
export class Fingerprint {
  #low = 0x811c9dc5 | 0;
  #high = 0x1b873593 | 0;
  readonly #texts = new Map<string, number>();

  addInteger(value: number): void {
    this.#low = Math.imul(this.#low ^ value, 0x01000193);
    this.#low ^= this.#low >>> 15;
    this.#high = Math.imul(this.#high + value, 0x85ebca6b) ^ (this.#low >>> 7);
  }

  /** For texts that come again and again (labels): hashed once. */
  addLabel(text: string): void {
    let hash = this.#texts.get(text);
    if (hash === undefined) {
      hash = 0x811c9dc5 | 0;
      for (let index = 0; index < text.length; index++) {
        hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
      }
      this.#texts.set(text, hash);
    }
    this.addInteger(hash);
  }

  addBytes(bytes: Uint8Array): void {
    let hash = bytes.length | 0;
    for (const byte of bytes) {
      hash = Math.imul(hash ^ byte, 0x01000193);
    }
    this.addInteger(hash);
  }

  /** 16 hexadecimal digits. */
  toString(): string {
    return (this.#low >>> 0).toString(16).padStart(8, '0') + (this.#high >>> 0).toString(16).padStart(8, '0');
  }
}
