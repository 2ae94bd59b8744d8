// The flags of `mctl haproxy bluegreen`, called as the original's deploy tool calls them where it has the same (haproxy.md 16.9).
import { Flags, type Interfaces } from '@oclif/core';
import type { Pace } from '../../../haproxy/bluegreen/steps/amounts.ts';
import type { Wish } from '../../../haproxy/bluegreen/steps/goal.ts';
import { integerFlag } from '../../amount-flags.ts';
import { durationFlag } from '../../base-command.ts';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import { flagsOf } from '../settings/flags.ts';
import { SETTINGS } from '../settings/table.ts';

const MAX_WAIT_MS = 300_000;
export const STEP_DELAY_MS = 5_000;
const WISHES = ['resume', 'complete-cur', 'complete-prev', 'abort'] as const;
const others = (own: (typeof WISHES)[number]) => WISHES.filter((wish) => wish !== own);

const {
  marathon,
  'marathons-file': marathonsFile,
  'marathon-auth-credential-file': credentials,
  'token-file': token,
  'marathon-ca-cert': certificates,
} = SETTINGS;

export const BLUEGREEN_FLAGS = {
  ...flagsOf({
    'marathons-file': marathonsFile,
    'marathon-auth-credential-file': credentials,
    'token-file': token,
    'marathon-ca-cert': certificates,
    insecure: { kind: 'switch', summary: 'Take any certificate of an https Marathon or balancer.' },
  }),
  // As in the other commands, but a group may stand behind it.
  marathon: Flags.string({
    char: marathon.char,
    summary: marathon.summary,
    helpValue: marathon.value,
    multiple: true,
    multipleNonGreedy: true,
  }),
  file: Flags.string({ char: 'f', summary: "The app's JSON or YAML; - is stdin.", helpValue: '<file|->' }),
  balancer: Flags.string({
    char: 'l',
    aliases: ['marathon-lb'],
    summary:
      'Where the balancers show statistics (needed). Every address of a name is one; may be given several times.',
    helpValue: '<url>',
    multiple: true,
    multipleNonGreedy: true,
  }),
  'balancer-auth-file': Flags.string({
    summary: 'Basic auth for the statistics: a file with user:password.',
    helpValue: '<file>',
  }),
  pids: Flags.boolean({
    summary: 'Wait until no old process of HAProxy finishes connections any more.',
    default: true,
    allowNo: true,
  }),
  'pids-port': integerFlag({
    summary: 'Where mctl haproxy watch tells them.',
    helpValue: '<port>',
    default: 9092,
    min: 1,
  }),
  'initial-instances': integerFlag({
    char: 'i',
    summary: 'How many the new colour begins with.',
    helpValue: '<n>',
    default: 1,
    min: 1,
  }),
  'linear-increase': integerFlag({
    summary: 'How many are added at each step; default: half as many again.',
    helpValue: '<n>',
    min: 1,
  }),
  'new-instances': integerFlag({
    char: 'n',
    summary: 'Stop with this many new ones, the others old; --complete-cur or --complete-prev ends it later.',
    helpValue: '<n>',
    min: 1,
    exclusive: [...WISHES],
  }),
  'step-delay': durationFlag({ char: 's', summary: 'Between two looks; default 5s.', helpValue: '<time>' }),
  'max-wait': durationFlag({
    char: 'w',
    summary: 'How long connections of old instances, and balancers, are waited for in each step; default 5m.',
    helpValue: '<time>',
  }),
  'pre-kill-hook': Flags.string({
    summary: 'A program that may say no before instances are killed; it gets old app, task ids and new app as JSON.',
    helpValue: '<program>',
  }),
  rollback: Flags.boolean({
    summary: 'Take it back when it cannot go on, or is not done within --timeout.',
    exclusive: ['complete-prev', 'abort'],
  }),
  resume: Flags.boolean({
    char: 'r',
    summary: 'Go on with a deployment that was interrupted, if there is one.',
    exclusive: others('resume'),
  }),
  'complete-cur': Flags.boolean({
    char: 'c',
    summary: 'All instances become the new colour.',
    exclusive: others('complete-cur'),
  }),
  'complete-prev': Flags.boolean({
    char: 'p',
    summary: 'All instances become the old colour again, step by step.',
    exclusive: others('complete-prev'),
  }),
  abort: Flags.boolean({ summary: 'The old colour as it was, at once.', exclusive: others('abort') }),
  'dry-run': Flags.boolean({ char: 'd', summary: 'Print what would be done, and do nothing.' }),
};

/** After parsing. */
export type BluegreenFlags = Pick<
  Interfaces.InferredFlags<typeof BLUEGREEN_FLAGS>,
  'resume' | 'complete-cur' | 'complete-prev' | 'abort' | 'initial-instances' | 'linear-increase' | 'max-wait'
>;

export function wishOf(flags: BluegreenFlags): Wish {
  return WISHES.find((wish) => flags[wish]) ?? 'deploy';
}

/** Throws Problem `usage`. */
export function paceOf(flags: BluegreenFlags): Pace {
  const {
    'initial-instances': initialInstances,
    'linear-increase': linearIncrease,
    'max-wait': maxWaitMs = MAX_WAIT_MS,
  } = flags;
  if (maxWaitMs <= 0) throw new Problem(EXIT.usage, { what: '--max-wait must be longer than nothing.' });
  return { initialInstances, maxWaitMs, ...(linearIncrease !== undefined && { linearIncrease }) };
}
