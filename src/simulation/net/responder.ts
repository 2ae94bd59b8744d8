// Between the serving side of an exchange and what carries its answer to the client.

/** What the client's end of the exchange does with an answer. */
export interface Responder {
  /** False once the connection is known to be over. */
  readonly isOpen: boolean;
  head(status: number, headers: Readonly<Record<string, string>>): void;
  chunk(bytes: Uint8Array): void;
  end(): void;
  abort(): void;
  /** Bytes sent that the reader has not taken. */
  readonly bufferedBytes: number;
  onBroken(fn: () => void): void;
}
