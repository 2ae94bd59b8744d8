// Which Marathons a balancer asks, and with what credentials. These come from files (or marathon-lb's environment
// variables), never from flags: command lines are seen by everyone on the machine.
import { X509Certificate } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { baseUrl } from '../../client/master-addresses.ts';
import { isHostName, parseAddress } from '../../haproxy/grammar/addresses.ts';
import type { MarathonPlaces } from '../../haproxy/watch/stream-keeper.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';
import type { Given } from './settings/given.ts';
import { readCredentials, readSecret, readSettingsFile } from './settings/read-file.ts';

/** `otherwise` finds the Marathon of the context or local cluster. Throws Problem. */
export async function marathonPlaces(
  given: Given,
  env: NodeJS.ProcessEnv,
  otherwise: () => Promise<readonly string[]>,
): Promise<MarathonPlaces> {
  const named = namedMarathons(given);
  const addresses =
    named.length > 0 ? named : (await otherwise()).map((address) => ({ address, source: 'the context' }));
  const marathons = addresses.map(({ address, source }) => addressOf(address, source));
  if (marathons.some((marathon) => marathon.startsWith('https:'))) trustSystem(given);
  return {
    marathons: [...new Set(marathons)],
    headers: credentialsOf(given, env),
    insecureTls: given.isOn('insecure'),
  };
}

/** For all TLS of this process: Node alone knows only the certificates that came with it. Throws Problem `usage`. */
function trustSystem(given: Given): void {
  const file = given.word('marathon-ca-cert');
  const own = file === undefined ? [] : [certificatesIn(file, given.sourceOf('marathon-ca-cert'))];
  setDefaultCACertificates([...getCACertificates('default'), ...getCACertificates('system'), ...own]);
}

function certificatesIn(file: string, what: string): string {
  const text = readSettingsFile(file, what);
  try {
    new X509Certificate(text);
    return text;
  } catch (cause) {
    throw new Problem(
      EXIT.usage,
      { what: `${what}: there is no certificate (PEM) in ${file}.`, why: String(cause) },
      { cause },
    );
  }
}

interface NamedMarathon {
  readonly address: string;
  readonly source: string;
}

function namedMarathons(given: Given): NamedMarathon[] {
  const source = given.sourceOf('marathon');
  const named = (given.list('marathon') ?? []).map((address) => ({ address, source }));
  const file = given.word('marathons-file');
  if (file === undefined) return named;
  const lines = readSettingsFile(file, given.sourceOf('marathons-file')).split('\n');
  const listed = lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '');
  if (listed.length === 0) {
    throw new Problem(EXIT.usage, { what: `${given.sourceOf('marathons-file')}: there is no Marathon in ${file}.` });
  }
  return [...named, ...listed.map((address) => ({ address, source: file }))];
}

function addressOf(text: string, source: string): string {
  if (/^(?:https?:\/\/)?[^/]*@/i.test(text)) {
    throw new Problem(EXIT.usage, {
      what: `${source}: an address with a password is seen by everyone on the machine.`,
      next: '--marathon-auth-credential-file <file with user:password>',
    });
  }
  try {
    const url = baseUrl(text);
    const { hostname } = new URL(url);
    if (!isHostName(hostname) && parseAddress(hostname) === undefined) throw new TypeError(`No host: ${hostname}`);
    return url;
  } catch (error) {
    throw new Problem(
      EXIT.usage,
      { what: `${source}: '${text}' is no address of a Marathon.`, why: 'Write host:port or http://host:port.' },
      { cause: error },
    );
  }
}

function credentialsOf(given: Given, env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const token = given.word('token-file');
  const basic = given.word('marathon-auth-credential-file');
  if (token !== undefined && basic !== undefined) {
    throw new Problem(EXIT.usage, {
      what: `${given.sourceOf('token-file')} and ${given.sourceOf('marathon-auth-credential-file')} were both given; one is used.`,
    });
  }
  if (token !== undefined) return { authorization: `token=${readSecret(token, given.sourceOf('token-file'))}` };
  const fromEnvironment =
    env.MARATHON_USER && env.MARATHON_PASSWORD
      ? { user: env.MARATHON_USER, password: env.MARATHON_PASSWORD }
      : undefined;
  const credentials =
    basic === undefined ? fromEnvironment : readCredentials(basic, given.sourceOf('marathon-auth-credential-file'));
  if (credentials === undefined) return {};
  const text = Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64');
  return { authorization: `Basic ${text}` };
}
