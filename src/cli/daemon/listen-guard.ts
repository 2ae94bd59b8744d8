// Until there is authentication, a daemon listens on loopback unless told in so many words that it may not: whoever reaches
// an agent's or a master's port can run commands on the machine.
import { isIPv4 } from 'node:net';
import { EXIT } from '../exit-codes.ts';
import { Problem } from '../problem.ts';

const ALLOW = 'insecure-no-auth';

/**
 * The arguments to parse: with a loopback address when none was given, and without --insecure-no-auth unless the daemon
 * has that flag itself (`isKnown`). Throws Problem `notAllowed` for an address beyond loopback without that flag.
 */
export function guardListening(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  isKnown = false,
): readonly string[] {
  const isAllow = (argument: string): boolean => argument.replaceAll('_', '-') === `--${ALLOW}`;
  const isAllowed = args.some(isAllow) || env.MESOS_INSECURE_NO_AUTH === 'true';
  const rest = isKnown ? args : args.filter((argument) => !isAllow(argument));
  const ip = givenValue(rest, 'ip') ?? env.MESOS_IP;
  if (isAllowed) return rest;
  if (ip === undefined) {
    const hasHostname = givenValue(rest, 'hostname') !== undefined || env.MESOS_HOSTNAME !== undefined;
    return [...rest, '--ip=127.0.0.1', ...(hasHostname ? [] : ['--hostname=127.0.0.1'])];
  }
  if (isLoopback(ip)) return rest;
  throw new Problem(EXIT.notAllowed, {
    what: `Listening on ${ip} would let everyone who reaches it run commands here: there is no authentication yet.`,
    why: 'Only loopback addresses are listened on without being told otherwise.',
    next: `Add --${ALLOW} if the network is trusted.`,
  });
}

/** Told from the text: names other than localhost are not looked up. */
export function isLoopback(address: string): boolean {
  return address === '::1' || address === 'localhost' || (isIPv4(address) && address.startsWith('127.'));
}

function givenValue(args: readonly string[], name: string): string | undefined {
  let value: string | undefined;
  for (const [index, argument] of args.entries()) {
    if (argument === `--${name}`) value = args[index + 1];
    else if (argument.startsWith(`--${name}=`)) value = argument.slice(name.length + 3);
  }
  return value;
}
