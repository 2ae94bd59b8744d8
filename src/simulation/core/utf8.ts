// Text as bytes, one encoder for all.

const encoder = new TextEncoder();

/** Allocates anew for each call. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}
