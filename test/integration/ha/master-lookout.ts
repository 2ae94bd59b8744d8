// A lookout for masters: reads the weights at each of them, and is a framework at whoever takes it.
import { setTimeout as sleep } from 'node:timers/promises';
import { RecordDecoder } from '../../../src/mesos/recordio.ts';
import type { Register } from './acknowledged.ts';
import type { HaCluster } from './ha-cluster.ts';
import { Lookout } from './lookout.ts';
import type { Member } from './member.ts';

const JSON_BOTH_WAYS = { 'Content-Type': 'application/json', Accept: 'application/json' };

export class MasterLookout extends Lookout {
  readonly #registers: readonly Register[];

  constructor(cluster: HaCluster, registers: readonly Register[]) {
    const { electionPath: path } = cluster;
    super({
      cluster,
      candidates: cluster.masters,
      election: { path, names: 'masters' },
      state: `${path}/mctl-state`,
    });
    this.#registers = registers;
  }

  protected portOf(data: string): number {
    return (JSON.parse(data) as { port: number }).port;
  }

  protected async look(member: Member, askedMs: number): Promise<void> {
    const term = termOf(member);
    const response = await fetch(`${member.url}/api/v1`, {
      method: 'POST',
      body: '{"type":"GET_WEIGHTS"}',
      headers: JSON_BOTH_WAYS,
      redirect: 'manual',
      signal: this.signal,
    });
    const text = await response.text();
    if (!response.ok) return;
    this.leads(member, term, askedMs, 'told the weights');
    const answer = JSON.parse(text) as { get_weights?: { weight_infos?: { role: string; weight: number }[] } };
    const weights = new Map((answer.get_weights?.weight_infos ?? []).map(({ role, weight }) => [role, weight]));
    for (const register of this.#registers) {
      const wrong = register.wrong(weights.get(register.name) ?? 0, askedMs, performance.now());
      if (wrong !== undefined) this.wrongs.push(`${term}: ${wrong}`);
    }
  }

  /** What the stream carries are acts of that master. Offers are declined at once, so that there are more. */
  protected async listen(member: Member): Promise<void> {
    const term = termOf(member);
    const url = `${member.url}/api/v1/scheduler`;
    const framework_info = {
      user: 'root',
      name: `lookout of ${member.name}`,
      roles: ['lookout'],
      capabilities: [{ type: 'MULTI_ROLE' }],
    };
    const post = (call: object, headers: Record<string, string> = {}): Promise<Response> =>
      fetch(url, {
        method: 'POST',
        headers: { ...JSON_BOTH_WAYS, ...headers },
        body: JSON.stringify(call),
        redirect: 'manual',
        signal: this.wholeSignal,
      });
    const response = await post({ type: 'SUBSCRIBE', subscribe: { framework_info } });
    if (!response.ok || response.body === null) {
      await response.text();
      return;
    }
    const stream = { 'Mesos-Stream-Id': response.headers.get('Mesos-Stream-Id') ?? '' };
    const decoder = new RecordDecoder();
    let framework_id: unknown;
    for await (const chunk of response.body) {
      for (const record of decoder.push(chunk)) {
        const event = JSON.parse(Buffer.from(record).toString('utf8'));
        this.terms.add(member.name, term, this.justNow(`sent ${event.type}`));
        if (event.type === 'SUBSCRIBED') framework_id = event.subscribed.framework_id;
        if (event.type !== 'OFFERS') continue;
        const offer_ids = event.offers.offers.map((offer: { id: unknown }) => offer.id);
        const decline = { offer_ids, filters: { refuse_seconds: 0 } };
        await answered(() => post({ framework_id, type: 'DECLINE', decline }, stream));
      }
    }
  }
}

/** A master that is not certain to lead answers 503: an offer that is not given back then is nobody's for ever. */
async function answered(ask: () => Promise<Response>): Promise<void> {
  for (;;) {
    const response = await ask();
    await response.text();
    if (response.status !== 503) return;
    await sleep(100);
  }
}

/** A process of a master leads at most once. */
export function termOf(member: Member): string {
  return `${member.name}[${member.pid}]`;
}
