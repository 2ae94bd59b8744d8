// From what stands on the command line and in files to a request that is checked.
import { resolve } from 'node:path';
import { MarathonClient } from '../../../client/marathon.ts';
import { balancerUrl } from '../../../haproxy/bluegreen/balancers/addresses.ts';
import { groupId } from '../../../haproxy/bluegreen/colours/labels.ts';
import { groupOf } from '../../../haproxy/bluegreen/colours/prepare.ts';
import { Refusal } from '../../../haproxy/bluegreen/refusal.ts';
import { isObject, type JsonObject } from '../../../haproxy/discovery/json-fields.ts';
import type { MarathonPlaces } from '../../../haproxy/watch/stream-keeper.ts';
import type { HttpHeaders, Net } from '../../../world/net.ts';
import type { World } from '../../../world/world.ts';
import { EXIT } from '../../exit-codes.ts';
import { readInput } from '../../marathon/input/read-files.ts';
import { Problem } from '../../problem.ts';
import { readCredentials } from '../settings/read-file.ts';
import { refusalProblem } from './outcome-problem.ts';
import { type BluegreenPlace, type BluegreenRequest, bluegreen } from './run.ts';

/** As given. */
export interface GivenBluegreen
  extends Omit<BluegreenRequest, 'group' | 'definition'>,
    Pick<BluegreenPlace, 'confirm' | 'say' | 'progress' | 'interrupted'> {
  readonly world: World;
  /** Which Marathon, and with what credentials; asked when the rest is right. */
  readonly places: () => Promise<MarathonPlaces>;
  readonly group: string | undefined;
  readonly file: string | undefined;
  readonly balancers: readonly string[];
  readonly balancerAuthFile: string | undefined;
  readonly pidsPort: number | undefined;
}

/** Throws Problem, MarathonError. */
export async function carryOutBluegreen(given: GivenBluegreen): ReturnType<typeof bluegreen> {
  try {
    const { world, balancers, balancerAuthFile, pidsPort, hook, ...more } = given;
    const { net, host } = world;
    const definition = given.file === undefined ? undefined : await readDefinition(given.file);
    const group = whichGroup(given.group, definition);
    if (definition === undefined && given.wish === 'deploy') throw nothingToDeploy(group, given.isDryRun);
    if (balancers.length === 0) throw noBalancers();
    requirePort(pidsPort);
    const urls = balancers.map(balancerUrl);
    const places = await given.places();
    const marathonNet = places.insecureTls ? takingAnyCertificate(net) : net;
    const { marathons: addresses, headers } = places;
    const marathon = new MarathonClient({ net: marathonNet, addresses, headers, timeoutMs: 15_000 });
    return await bluegreen(
      {
        ...more,
        world,
        marathon,
        balancers: {
          net,
          host,
          urls,
          headers: authOf(balancerAuthFile),
          insecureTls: places.insecureTls,
          pidsPort,
        },
      },
      // A program beside us is found from where we stand, others on the PATH.
      { ...more, group, definition, hook: hook?.includes('/') ? resolve(hook) : hook },
    );
  } catch (error) {
    throw error instanceof Refusal ? refusalProblem(error) : error;
  }
}

function nothingToDeploy(group: string, isDryRun: boolean): Problem {
  const name = group.slice(1);
  return new Problem(EXIT.usage, {
    what: `What is to be done with ${group}?`,
    ...(isDryRun && { why: '--dry-run goes with what it would be without.' }),
    next: [
      '-f <file>            (its next release; the group may be left out then)',
      `${name} --resume        (go on with a deployment that was interrupted)`,
      `${name} --complete-cur, --complete-prev or --abort`,
    ],
  });
}

function noBalancers(): Problem {
  return new Problem(EXIT.usage, {
    what: '--balancer is missing.',
    why: 'A step is taken when every balancer serves the new instances and has no connection to the old ones left.',
    next: '-l http://lb.example:9090      (where HAProxy shows its statistics)',
  });
}

function requirePort(port: number | undefined): void {
  if (port === undefined || port <= 65_535) return;
  throw new Problem(EXIT.usage, { what: `--pids-port: ${port} is no port.`, why: 'Ports go from 1 to 65535.' });
}

async function readDefinition(file: string): Promise<JsonObject> {
  const documents = await readInput([file]);
  const value = documents[0]?.value;
  if (documents.length === 1 && isObject(value)) return value;
  throw new Problem(EXIT.usage, { what: `${file} must hold one app.` });
}

function whichGroup(given: string | undefined, definition: JsonObject | undefined): string {
  const named = given === undefined ? undefined : groupId(given);
  if (given !== undefined && named === undefined) {
    throw new Problem(EXIT.usage, { what: `'${given}' is no name of a deployment group.` });
  }
  const own = definition === undefined ? undefined : groupOf(definition);
  if (named !== undefined && own !== undefined && named !== own) {
    throw new Problem(EXIT.usage, { what: `The file is of the group ${own}, not of ${named}.` });
  }
  const group = own ?? named;
  if (group === undefined) {
    throw new Problem(EXIT.usage, { what: 'Which deployment group is meant?', next: 'Name it, or add -f <file>.' });
  }
  return group;
}

function authOf(file: string | undefined): HttpHeaders {
  if (file === undefined) return {};
  const { user, password } = readCredentials(file, '--balancer-auth-file');
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

function takingAnyCertificate(net: Net): Net {
  return {
    listen: (options) => net.listen(options),
    connect: (host, port, timeoutMs) => net.connect(host, port, timeoutMs),
    request: (request) => net.request({ ...request, insecureTls: true }),
    openStream: (request) => net.openStream({ ...request, insecureTls: true }),
    openUpload: (request) => net.openUpload({ ...request, insecureTls: true }),
    exchange: (...rest) => net.exchange(...rest),
  };
}
