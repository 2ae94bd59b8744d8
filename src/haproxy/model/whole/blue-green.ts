// Two colours of one app become one (haproxy.md 16.1 to 16.5). How many of the old one's servers drain in a backend is
// decided where the backend's servers are known (16.10).
import { strict as assert } from 'node:assert';
import type { DiscoveredApp } from '../../discovery/discovered.ts';
import { isAppId } from '../../grammar/app-id.ts';
import { fine, type Verdict, wrong } from '../../grammar/verdict.ts';
import { parseInteger, parseTime } from '../../grammar/words.ts';
import type { BalancedApp, Member } from '../balanced-app.ts';
import { readAppLabels } from '../labels/app-labels.ts';
import { quote } from '../labels/label-reader.ts';
import type { Problem } from '../model.ts';
import type { BalancerOptions } from '../options.ts';

const MOST_INSTANCES = 1_000_000;

interface Colour extends Member {
  readonly startedAtMs: number;
  readonly targetInstances?: number;
  readonly newInstances?: number;
}

/** All apps, those with a common deployment group put together, sorted by id. Unfit colours are left out and told. */
export function mergeColours(
  apps: readonly DiscoveredApp[],
  options: BalancerOptions,
  problems: Problem[],
): BalancedApp[] {
  const merged: BalancedApp[] = [];
  const groups = new Map<string, Colour[]>();
  for (const app of apps) {
    const member = { app, labels: readAppLabels(app.labels) };
    if (!isColour(member)) {
      merged.push({ id: app.id, lead: app, labels: member.labels, members: [member] });
      continue;
    }
    const colour = readColour(member, problems);
    if (colour === undefined) continue;
    const group = groups.get(colour.group);
    if (group === undefined) groups.set(colour.group, [colour.colour]);
    else group.push(colour.colour);
  }
  for (const [id, colours] of groups) merged.push(mergeGroup(id, colours, options, problems));
  return merged.sort((a, b) => order(a.id, b.id) || order(a.lead.id, b.lead.id));
}

function isColour(member: Member): boolean {
  return member.labels.app.has('DEPLOYMENT_GROUP');
}

/** Undefined, and told, when a label of the deployment does not fit. */
function readColour(member: Member, problems: Problem[]): { group: string; colour: Colour } | undefined {
  let isFit = true;
  const group = read('DEPLOYMENT_GROUP', parseGroup);
  const startedAtMs = read('DEPLOYMENT_STARTED_AT', parseTime);
  const targetInstances = read('DEPLOYMENT_TARGET_INSTANCES', parseInstances);
  const newInstances = read('DEPLOYMENT_NEW_INSTANCES', parseInstances);
  read('DEPLOYMENT_ALT_PORT', (text) => parseInteger(text, 1, 65_535));
  read('DEPLOYMENT_COLOUR', parseColour);
  if (!isFit || group === undefined) return undefined;
  const colour: Colour = {
    ...member,
    startedAtMs: startedAtMs ?? Number.NEGATIVE_INFINITY,
    ...(targetInstances === undefined ? {} : { targetInstances }),
    ...(newInstances === undefined ? {} : { newInstances }),
  };
  return { group, colour };

  function read<T>(name: string, parse: (text: string) => Verdict<T>): T | undefined {
    const text = member.labels.app.get(name);
    if (text === undefined) return undefined;
    const verdict = parse(text);
    if (verdict.ok) return verdict.value;
    isFit = false;
    const message = `${quote(text)} ${verdict.why}`;
    problems.push({ appId: member.app.id, where: `HAPROXY_${name}`, effect: 'left-out', message });
    return undefined;
  }
}

function mergeGroup(id: string, given: Colour[], options: BalancerOptions, problems: Problem[]): BalancedApp {
  const colours = given.sort((a, b) => started(a, b) || order(a.app.id, b.app.id));
  if (colours.length > 2) {
    const names = colours.map((colour) => colour.app.id).join(', ');
    const message = `the deployment group has ${colours.length} apps (${names}); remove all but two, the latest counts as new`;
    problems.push({ appId: id, where: 'HAPROXY_DEPLOYMENT_GROUP', effect: 'warning', message });
  }
  const [first] = colours;
  const last = colours.at(-1);
  assert(first !== undefined && last !== undefined, 'a deployment group has an app at least');
  if (first === last) return { id, lead: first.app, labels: first.labels, members: [first] };
  const newest = colours.length === 2 && scaledBack(first, last, options) ? first : last;
  const old = colours.filter((colour) => colour !== newest);
  const [lead] = old;
  assert(lead !== undefined, 'one colour is not the newest');
  return {
    id,
    lead: lead.app,
    labels: lead.labels,
    members: [...old, newest],
    colours: {
      oldTasks: old.flatMap((colour) => colour.app.tasks.map((task) => task.id)).sort(),
      newTasks: new Set(newest.app.tasks.map((task) => task.id)),
      oldInstances: old.reduce((sum, colour) => sum + colour.app.instances, 0),
      target: targetOf(options.strictCompat ? newest : last),
      healthyNew: healthyTasks(newest.app),
    },
  };
}

/**
 * A deployment that stopped half-way (NEW_INSTANCES) and whose old colour was scaled last goes back: the roles swap (16.3).
 * The original does so for NEW_INSTANCES 0 too, against its own intention, which `strictCompat` keeps.
 */
function scaledBack(old: Colour, newest: Colour, options: BalancerOptions): boolean {
  const isHybrid = options.strictCompat ? newest.newInstances !== undefined : (newest.newInstances ?? 0) > 0;
  return isHybrid && scaledAt(old) > scaledAt(newest);
}

/**
 * The one started last was told what both are to be together. Where the roles swapped, the original goes by what the other was
 * told when it was deployed, however often it was scaled since.
 */
function targetOf(colour: Colour): number {
  return colour.newInstances === undefined ? 1 : (colour.targetInstances ?? 1);
}

function scaledAt(colour: Colour): number {
  const parsed = parseTime(colour.app.lastScalingAt ?? '');
  return parsed.ok ? parsed.value : Number.NEGATIVE_INFINITY;
}

function healthyTasks(app: DiscoveredApp): number {
  if (app.healthChecks.length === 0) return app.instances;
  return app.tasks.filter((task) => task.healthResults.some((result) => result.alive)).length;
}

function parseGroup(text: string): Verdict<string> {
  const id = text.trim();
  const rooted = id.startsWith('/') ? id : `/${id}`;
  return isAppId(rooted) ? fine(rooted) : wrong('must be a name like an app id');
}

function parseColour(text: string): Verdict<string> {
  const colour = text.trim().toLowerCase();
  return colour === 'blue' || colour === 'green' ? fine(colour) : wrong('must be blue or green');
}

function parseInstances(text: string): Verdict<number> {
  return parseInteger(text, 0, MOST_INSTANCES);
}

function started(a: Colour, b: Colour): number {
  return a.startedAtMs === b.startedAtMs ? 0 : a.startedAtMs < b.startedAtMs ? -1 : 1;
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
