// A lookout for Marathons: reads the apps at each of them, whoever answers, and listens to the events of whoever sends some.
import type { Register } from './acknowledged.ts';
import type { HaCluster } from './ha-cluster.ts';
import { Lookout } from './lookout.ts';
import type { Member } from './member.ts';

export class MarathonLookout extends Lookout {
  readonly #registers: readonly Register[];

  constructor(cluster: HaCluster, registers: readonly Register[]) {
    const { marathonPath } = cluster;
    super({
      cluster,
      candidates: cluster.marathons,
      election: { path: `${marathonPath}/leader-curator`, names: 'latch' },
      state: `${marathonPath}/mctl-state`,
    });
    this.#registers = registers;
  }

  protected portOf(data: string): number {
    return Number(data.split(':').at(-1));
  }

  protected async look(member: Member, askedMs: number): Promise<void> {
    await Promise.all([this.#ready(member, askedMs), this.#apps(member, askedMs)]);
  }

  /** Each process answers that for itself. */
  async #ready(member: Member, askedMs: number): Promise<void> {
    const response = await fetch(`${member.url}/mctl/v1/ready`, { signal: this.signal });
    const { leading, epoch } = (await response.json()) as { leading: boolean; epoch?: number };
    if (leading) this.leads(member, `${member.name}[epoch ${epoch}]`, askedMs, 'said that it leads');
  }

  /** What a standby passes on must be as fresh as what the leader says itself. */
  async #apps(member: Member, askedMs: number): Promise<void> {
    const response = await fetch(`${member.url}/v2/apps?id=written`, { signal: this.signal });
    const text = await response.text();
    if (!response.ok) return;
    const answeredMs = performance.now();
    const via = response.headers.get('X-Marathon-Via');
    if (via === null) {
      this.terms.addLoose(member.name, { fromMs: askedMs, toMs: answeredMs, what: 'told the apps' });
    }
    const { apps } = JSON.parse(text) as { apps: { id: string; labels: { written?: string } }[] };
    const values = new Map(apps.map(({ id, labels }) => [id, Number(labels.written ?? 0)]));
    for (const register of this.#registers) {
      const wrong = register.wrong(values.get(register.name) ?? 0, askedMs, answeredMs);
      if (wrong !== undefined) this.wrongs.push(`${member.name}${via === null ? '' : ' for another'}: ${wrong}`);
    }
  }

  protected async listen(member: Member): Promise<void> {
    const response = await fetch(`${member.url}/v2/events`, {
      headers: { Accept: 'text/event-stream' },
      redirect: 'manual',
      signal: this.wholeSignal,
    });
    if (!response.ok || response.body === null) {
      await response.text();
      return;
    }
    for await (const chunk of response.body) {
      for (const [, type] of Buffer.from(chunk)
        .toString('utf8')
        .matchAll(/^event: *(\S+)/gm)) {
        this.terms.addLoose(member.name, this.justNow(`sent ${type}`));
      }
    }
  }
}
