// `mctl leader` as a view, and as an exit code.
import { SERVICES, type Service, titleOf } from '../ensemble/services.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { formatTime } from '../output/units.ts';
import type { Details, View } from '../output/view.ts';
import { problemJson } from '../problem.ts';
import { type CandidateReport, type LeadershipReport, leaderOf, type ServiceReport } from './report.ts';

const TITLES: Readonly<Record<Service, string>> = { master: 'Master', marathon: 'Marathon', chronos: 'Chronos' };

/** A report for each service that was asked for. */
export type Reports = Partial<Readonly<Record<Service, ServiceReport>>>;

/** Everything that is known. */
export function leadersView(reports: Reports): View {
  const known = SERVICES.flatMap((service) => {
    const report = reports[service];
    return report === undefined ? [] : [{ service, report }];
  });
  const leaders = known.flatMap(({ report }) => (report.kind === 'leadership' ? [leaderOf(report)?.address] : []));
  const sections = known.flatMap(({ service, report }) =>
    report.kind === 'leadership' && report.candidates.length > 0 ? [section(service, report)] : [],
  );
  return {
    data: Object.fromEntries(known.map(({ service, report }) => [service, reportJson(report)])),
    names: leaders.filter((address) => typeof address === 'string'),
    body: { kind: 'details', items: known.map(({ service, report }) => line(service, report)), sections },
  };
}

/** 0 when every service that was asked for has a leader; `isAsked`: it alone was, and must be there. */
export function exitCodeOf(reports: Reports, isAsked: boolean): ExitCode {
  let code: ExitCode = EXIT.ok;
  for (const report of Object.values(reports)) {
    if (report.kind === 'trouble') return report.problem.exitCode;
    if (report.kind === 'leadership' ? leaderOf(report) === undefined : isAsked) code = EXIT.notFound;
  }
  return code;
}

function line(service: Service, report: ServiceReport): [string, string] {
  const title = TITLES[service];
  if (report.kind === 'none') return [title, `none. ${report.why}`];
  if (report.kind === 'trouble') return [title, `unknown. ${report.problem.message}`];
  return [title, [leaderText(service, report), report.note].filter((text) => text !== undefined).join(' ')];
}

function leaderText(service: Service, report: LeadershipReport): string {
  const leader = leaderOf(report);
  const { electedMs, election } = report;
  if (leader === undefined) {
    const where = election === null ? '' : ` at ${election}`;
    return `nobody leads: no ${titleOf(service)} stands for election${where}.`;
  }
  const since = electedMs === null ? '' : ` since ${formatTime(electedMs)}`;
  return `${leader.address ?? 'somebody at an unknown address'} leads${since}.`;
}

function section(
  service: Service,
  { candidates, election }: LeadershipReport,
): NonNullable<Details['sections']>[number] {
  return {
    title: `${TITLES[service]}${service === 'chronos' ? 'es' : 's'}${election === null ? '' : ` at ${election}`}`,
    table: {
      kind: 'table',
      columns: [
        { title: 'ADDRESS' },
        { title: 'LEADS' },
        { title: 'EPOCH', align: 'right' },
        { title: 'STANDS SINCE' },
        { title: 'VERSION' },
        { title: 'ID', shrinksTo: 12 },
      ],
      rows: candidates.map(({ address, leads, epoch, sinceMs, version, id }) => [
        address ?? '?',
        leads ? 'yes' : 'waits',
        epoch === null ? '-' : String(epoch),
        sinceMs === null ? '-' : formatTime(sinceMs),
        version ?? '-',
        id ?? '-',
      ]),
    },
  };
}

function reportJson(report: ServiceReport): object | null {
  if (report.kind === 'none') return null;
  if (report.kind === 'trouble') return problemJson(report.problem);
  const { election, candidates, electedMs, note } = report;
  const leader = leaderOf(report);
  return {
    election,
    leader: leader?.address ?? null,
    epoch: leader?.epoch ?? null,
    since: iso(leader?.sinceMs ?? null),
    elected: iso(electedMs),
    candidates: candidates.map(candidateJson),
    ...(note !== undefined && { note }),
  };
}

function candidateJson({ sinceMs, ...rest }: CandidateReport): object {
  return { ...rest, since: iso(sinceMs) };
}

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
