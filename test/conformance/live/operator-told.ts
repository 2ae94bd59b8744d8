// What an operator stream told, compared with the recording: the order of the kinds of events, and the events of each task and
// framework. What happens to two of them at once is told in any order.
import { compareJson } from '../compare.ts';
import { deviationsOf } from '../deviations.ts';
import type { Exchange } from '../exchange.ts';
import { Renaming } from '../renaming.ts';

/** An event by what it may be about. */
interface Told {
  readonly type?: string;
  readonly task_added?: { readonly task: { readonly task_id: { readonly value: string } } };
  readonly task_updated?: { readonly status: { readonly task_id: { readonly value: string } } };
  readonly framework_added?: { readonly framework: { readonly framework_info: { readonly name: string } } };
  readonly framework_removed?: { readonly framework_info: { readonly name: string } };
}

/** How many records are told apart from heartbeats. */
export function lengthOf(records: readonly unknown[]): number {
  return withoutHeartbeats(records).length;
}

/** What differs without a reason given in deviations.ts, a line each. */
export function unexpectedOf(exchange: Exchange, ours: readonly unknown[]): string[] {
  const was = withoutHeartbeats((exchange.records ?? []).map(([, record]) => record));
  const is = withoutHeartbeats(ours);
  const [kinds, ourKinds] = [kindsOf(was), kindsOf(is)];
  const differences = kinds === ourKinds ? [] : [`events: ${kinds} recorded, ours ${ourKinds}`];
  const renaming = new Renaming();
  const told = bySubject(is);
  for (const [subject, list] of bySubject(was)) {
    for (const [index, record] of list.entries()) {
      const lines = compareJson(record, told.get(subject)?.[index], { renaming });
      differences.push(...lines.map((line) => `${subject} ${index + 1} ${line}`));
    }
  }
  const deviations = deviationsOf(`${exchange.dir}/${exchange.name}`);
  return differences.filter((line) => !deviations.some(({ shows }) => shows.test(line)));
}

/** How many there are of those depends on how long it all takes. */
export function withoutHeartbeats(records: readonly unknown[]): Told[] {
  return (records as readonly Told[]).filter(({ type }) => type !== 'HEARTBEAT');
}

function kindsOf(records: readonly Told[]): string {
  return records.map(({ type }) => type).join(', ');
}

function bySubject(records: readonly Told[]): Map<string, Told[]> {
  const subjects = new Map<string, Told[]>();
  for (const record of records) {
    const task = record.task_added?.task.task_id ?? record.task_updated?.status.task_id;
    const framework = record.framework_added?.framework.framework_info ?? record.framework_removed?.framework_info;
    const subject = task?.value ?? framework?.name ?? record.type ?? '';
    subjects.set(subject, [...(subjects.get(subject) ?? []), record]);
  }
  return subjects;
}
