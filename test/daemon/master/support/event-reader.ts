// Reads the RecordIO JSON events of a stream into a list that a test can look at.
import { RecordDecoder } from '../../../../src/mesos/recordio.ts';
import type { ClientStream } from '../../../../src/world/net.ts';

export class EventReader<E extends { readonly type?: string }> {
  readonly all: E[] = [];
  isOver = false;
  #seen = 0;

  read(stream: ClientStream): void {
    const decoder = new RecordDecoder();
    stream.onChunk((chunk) => {
      for (const record of decoder.push(chunk)) this.all.push(JSON.parse(new TextDecoder().decode(record)));
    });
    stream.onEnd(() => {
      this.isOver = true;
    });
  }

  /** Those that came since the last call, heartbeats and pings left out. */
  fresh(): E[] {
    const fresh = this.all.slice(this.#seen).filter((event) => event.type !== 'HEARTBEAT' && event.type !== 'PING');
    this.#seen = this.all.length;
    return fresh;
  }

  ofType(type: E['type']): E[] {
    return this.all.filter((event) => event.type === type);
  }

  last(type: E['type']): E {
    const event = this.all.findLast((candidate) => candidate.type === type);
    if (event === undefined) throw new Error(`no ${type} among ${this.all.map((each) => each.type).join(', ')}`);
    return event;
  }
}
