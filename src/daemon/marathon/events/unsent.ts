// How many messages a peer has not taken yet. A StreamWriter tells bytes; this remembers where in the stream each message
// ended. What the connection adds for its own framing makes the count a little higher than it is, never lower.

/** Amortised constant cost per message; holds one number for each that is unsent. */
export class Unsent {
  #ends: number[] = [];
  /** How many of `#ends` are done with. */
  #done = 0;
  #written = 0;

  /** A message of so many bytes was written. */
  add(byteCount: number): void {
    this.#written += byteCount;
    this.#ends.push(this.#written);
  }

  /** `bufferedBytes`: of all that was written, what the peer has not taken. */
  count(bufferedBytes: number): number {
    const taken = this.#written - bufferedBytes;
    for (let end = this.#ends[this.#done]; end !== undefined && end <= taken; end = this.#ends[this.#done]) {
      this.#done += 1;
    }
    if (this.#done > 64 && this.#done * 2 > this.#ends.length) {
      this.#ends = this.#ends.slice(this.#done);
      this.#done = 0;
    }
    return this.#ends.length - this.#done;
  }
}
