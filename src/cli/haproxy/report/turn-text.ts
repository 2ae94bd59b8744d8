// What a turn came to, in one line for people, cron's mail and the system log (haproxy.md 13.2).
import { type Difference, type News, NO_NEWS } from '../../../haproxy/apply/news.ts';
import type { ChangeCounts, Excluded, TurnReport } from '../../../haproxy/apply/report.ts';

const NAMED = 3;

/** Of a turn that did something or has news; undefined when there is nothing to say. */
export function turnLine(report: TurnReport, { excluded }: News = NO_NEWS): string | undefined {
  const { outcome, changes, services, servers, why } = report;
  switch (outcome) {
    case 'reload':
    case 'runtime': {
      const how = outcome === 'reload' ? 'reloaded' : 'changed without a reload';
      return parts([
        `HAProxy ${how}: ${changeText(changes) || (why ?? 'as it was asked to')}`,
        totals(services, servers),
        excludedText(excluded),
      ]);
    }
    case 'deferred':
      return parts([
        `A reload is due${why === undefined ? '' : ` (${why})`}`,
        changeText(changes),
        excludedText(excluded),
      ]);
    case 'nothing':
      return excluded.begun.length + excluded.ended.length > 0
        ? parts(['Nothing changed', excludedText(excluded)])
        : undefined;
    case 'rolled-back':
    case 'failed':
      return undefined;
  }
}

/** `2 servers added, 1 removed, 1 backend added`; empty when neither came or went. */
function changeText({ backendsAdded, backendsRemoved, serversAdded, serversRemoved }: ChangeCounts): string {
  const texts = [
    ...difference('server', serversAdded, serversRemoved),
    ...difference('backend', backendsAdded, backendsRemoved),
  ];
  return texts.join(', ');
}

function difference(noun: string, added: number, removed: number): string[] {
  const texts: string[] = [];
  if (added > 0) texts.push(`${counted(added, noun)} added`);
  if (removed > 0) texts.push(`${added > 0 ? removed : counted(removed, noun)} removed`);
  return texts;
}

function totals(services: number, servers: number): string {
  return `${counted(services, 'service')}, ${counted(servers, 'server')}`;
}

/** What is new by name, what is as before by number. */
function excludedText({ begun, ended, asBefore }: Difference<Excluded>): string {
  return parts([
    begun.length === 0 ? '' : `left out: ${named(begun.map((one) => `${placeOf(one)} (${one.reason})`))}`,
    ended.length === 0 ? '' : `no longer left out: ${named(ended.map(placeOf))}`,
    asBefore === 0 ? '' : `${asBefore} left out as before`,
  ]);
}

function named(texts: readonly string[]): string {
  const more = texts.length - NAMED;
  return `${texts.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** `/web port 0`. */
export function placeOf({ appId, portIndex }: Pick<Excluded, 'appId' | 'portIndex'>): string {
  return portIndex === undefined ? appId : `${appId} port ${portIndex}`;
}

/** `1 server`, `2 servers`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function parts(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join('; ');
}
