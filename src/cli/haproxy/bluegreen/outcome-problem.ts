// What is told of a deployment that did not end as it was to, and what was refused before it began.
import type { Outcome, Trouble } from '../../../haproxy/bluegreen/outcome.ts';
import type { Refusal, RefusalCode } from '../../../haproxy/bluegreen/refusal.ts';
import { EXIT, type ExitCode } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';

const REFUSED: Readonly<Record<RefusalCode, ExitCode>> = {
  definition: EXIT.usage,
  conflict: EXIT.conflict,
  nothing: EXIT.notFound,
};

const STOPPED: Readonly<Record<Trouble['code'], ExitCode>> = {
  'timed-out': EXIT.timedOut,
  unreachable: EXIT.unreachable,
  conflict: EXIT.conflict,
  hook: EXIT.deploymentFailed,
  gone: EXIT.deploymentFailed,
};

export function refusalProblem(refusal: Refusal): Problem {
  const { code, message, why, next } = refusal;
  return new Problem(
    REFUSED[code],
    { what: message, ...(why !== undefined && { why }), ...(next.length > 0 && { next }) },
    { cause: refusal },
  );
}

/** Of everything but `done`. */
export function outcomeProblem(group: string, outcome: Exclude<Outcome, { kind: 'done' }>): Problem {
  const name = group.slice(1);
  const goOn = [
    `mctl haproxy bluegreen ${name} --resume --balancer …      (go on)`,
    `mctl haproxy bluegreen ${name} --abort --balancer …       (take it back)`,
  ];
  const live = outcome.live.map(({ id, instances }) => `${id} has ${instances}`).join(', ');
  switch (outcome.kind) {
    case 'interrupted':
      return new Problem(EXIT.interrupted, {
        what: `The deployment of ${group} stops where it is.`,
        why: live,
        next: goOn,
      });
    case 'rolled-back':
      return new Problem(EXIT.rolledBack, {
        what: `The deployment of ${group} was taken back.`,
        why: outcome.trouble.why,
        next: `mctl app list${live === '' ? '' : `      (${live})`}`,
      });
    case 'stopped':
      return new Problem(STOPPED[outcome.trouble.code], {
        what: outcome.isRollingBack
          ? `The deployment of ${group} could not go on, and taking it back did not end well either.`
          : `The deployment of ${group} stops where it is.`,
        why: [outcome.trouble.why, live].filter((text) => text !== '').join('\n'),
        next: outcome.live.length < 2 ? 'mctl app list' : goOn,
      });
  }
}

/** Before anything was changed. */
export function balancerProblem(balancer: string, why: string): Problem {
  return new Problem(EXIT.unreachable, {
    what: `The balancer at ${balancer} cannot be watched.`,
    why: `${why}.`,
    next: 'Check --balancer: it is where its statistics are, such as http://lb.example:9090',
  });
}
