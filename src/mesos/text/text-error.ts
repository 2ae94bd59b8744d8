// The error of all text forms (durations, bytes, percents, attributes), with the original's message.

/** A text that is not in the expected form; the message is complete and can be shown as it is. */
export class TextError extends Error {
  override readonly name = 'TextError';
  readonly code = 'bad-text';
}

/** `Failed to convert 'x' to number`, as the original says it for a number that is none. */
export function parseNumber(text: string): number {
  if (!/^(\d+\.?\d*|\.\d+)$/.test(text)) throw new TextError(`Failed to convert '${text}' to number`);
  return Number(text);
}
