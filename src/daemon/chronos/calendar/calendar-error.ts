// What is wrong with a schedule, a period or a zone, for whoever wrote it.

/** `code` says which part it is; the message is one line and quotes what was written. */
export class CalendarError extends Error {
  override readonly name = 'CalendarError';
  readonly code: 'schedule' | 'period' | 'start' | 'zone';

  constructor(code: CalendarError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
