// A subscriber of the operator's event stream.
import { RecordDecoder } from '../../../src/mesos/recordio.ts';
import type { ClientStream } from '../../../src/world/net.ts';
import type { World } from '../../../src/world/world.ts';

export interface OperatorRecord {
  readonly type?: string;
}

export class OperatorStream {
  readonly records: OperatorRecord[] = [];
  readonly #world: World;
  readonly #stream: ClientStream;

  private constructor(world: World, stream: ClientStream) {
    this.#world = world;
    this.#stream = stream;
    const decoder = new RecordDecoder();
    stream.onChunk((chunk) => {
      for (const record of decoder.push(chunk)) this.records.push(JSON.parse(new TextDecoder().decode(record)));
    });
    stream.onEnd(() => undefined);
  }

  static async open(world: World, url: string): Promise<OperatorStream> {
    const stream = await world.net.openStream({
      method: 'POST',
      url: `${url}/api/v1`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: '{"type":"SUBSCRIBE"}',
    });
    return new OperatorStream(world, stream);
  }

  /** Everything told by the time an event of this type has come. */
  async until(type: string): Promise<readonly OperatorRecord[]> {
    for (let waited = 0; waited < 30_000; waited += 10) {
      if (this.records.some((record) => record.type === type)) return this.records;
      await this.#world.clock.sleep(10);
    }
    throw new Error(`no ${type} among ${this.records.map((record) => record.type).join()}`);
  }

  close(): void {
    this.#stream.close();
  }
}
