// Content negotiation of the v1 call endpoints (mesos-api.md 2.1–2.3): two content types, compared exactly on input; on
// output JSON is preferred to protobuf whatever the quality values say, only `q=0` excludes.

/** Compared as it is: parameters such as a charset make another type. */
export const JSON_TYPE = 'application/json';

/** The other type of messages and events. */
export const PROTOBUF_TYPE = 'application/x-protobuf';

/** Streams of records, whose own type is told in a header of its own (mesos-api.md 2). */
export const RECORDIO_TYPE = 'application/recordio';

/** The types a message can have on the wire. */
export type MessageContentType = typeof JSON_TYPE | typeof PROTOBUF_TYPE;

/** Whether a request's Content-Type is one of ours; parameters and other spellings are not (mesos-observed.md 3). */
export function isMessageContentType(contentType: string): contentType is MessageContentType {
  return contentType === JSON_TYPE || contentType === PROTOBUF_TYPE;
}

/** The type to answer in, or undefined when the client takes neither. No header takes everything. */
export function negotiate(accept: string | undefined): MessageContentType | undefined {
  if (accepts(accept, JSON_TYPE)) return JSON_TYPE;
  return accepts(accept, PROTOBUF_TYPE) ? PROTOBUF_TYPE : undefined;
}

/** Whether an Accept header allows a media type. The most specific range that matches decides. */
export function accepts(accept: string | undefined, mediaType: string): boolean {
  if (accept === undefined || accept.trim() === '') return true;
  const family = `${mediaType.slice(0, mediaType.indexOf('/'))}/*`;
  const excluded = new Map<string, boolean>();
  for (const item of accept.split(',')) {
    const [range = '', ...parameters] = item.split(';').map((part) => part.trim());
    excluded.set(
      range,
      parameters.some((parameter) => /^q\s*=\s*0(\.0*)?$/.test(parameter)),
    );
  }
  for (const range of [mediaType, family, '*/*']) {
    const isExcluded = excluded.get(range);
    if (isExcluded !== undefined) return !isExcluded;
  }
  return false;
}
