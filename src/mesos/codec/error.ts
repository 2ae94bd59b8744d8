// The one error the codecs throw for bad input, with the original's text.

/**
 * - `json-syntax`: not JSON (the HTTP layers put "Failed to parse body into JSON: " before the message)
 * - `json-shape`: JSON, but not of this message ("Failed to convert JSON into Call protobuf: …")
 * - `missing-required`: a required field is missing, in either format
 * - `protobuf`: bytes that are no protobuf of this message ("Failed to parse body into Call protobuf")
 */
export type CodecErrorCode = 'json-syntax' | 'json-shape' | 'missing-required' | 'protobuf';

/**
 * A message that cannot be read or written. Of bad JSON `message` is what the original would answer, without the HTTP
 * layer's introduction.
 */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  readonly code: CodecErrorCode;
  constructor(code: CodecErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
