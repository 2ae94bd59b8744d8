// What goes wrong between Marathon and a balancer, as people read it; exit codes as everywhere (exit-codes.ts).
import { ApplyError } from '../../haproxy/apply/apply-error.ts';
import { DiscoveryError } from '../../haproxy/discovery/discovery-error.ts';
import { TemplateError } from '../../haproxy/render/templates/template.ts';
import { DiskError } from '../../world/disk.ts';
import { EXIT } from '../exit-codes.ts';
import { Problem, type ProblemText } from '../problem.ts';

const KEPT = 'What HAProxy serves stays as it is.';

/** Undefined for errors that are not of the balancer. */
export function haproxyProblem(error: unknown): Problem | undefined {
  if (error instanceof DiscoveryError) return ofDiscovery(error);
  if (error instanceof ApplyError) return ofApply(error);
  if (error instanceof TemplateError) {
    return new Problem(EXIT.usage, { what: 'A template cannot be used.', why: error.message }, { cause: error });
  }
  if (error instanceof DiskError && error.code === 'forbidden') {
    const next = 'Run it as root, or as the user that runs sync; --state-dir and --haproxy-config name other places.';
    return new Problem(
      EXIT.notAllowed,
      { what: `${error.path} cannot be read.`, why: error.message, next },
      { cause: error },
    );
  }
  return undefined;
}

const isForbidden = (cause: unknown): boolean => cause instanceof DiskError && cause.code === 'forbidden';

function ofDiscovery(error: DiscoveryError): Problem {
  const options = { cause: error };
  const why = error.message;
  switch (error.code) {
    case 'unreachable': {
      const next = '--marathon <url,…>, and --marathon-auth-credential-file or --token-file if it wants credentials';
      return new Problem(EXIT.unreachable, { what: `No Marathon answers. ${KEPT}`, why, next }, options);
    }
    case 'unusable':
      return new Problem(EXIT.failed, { what: `Marathon's answer cannot be used. ${KEPT}`, why }, options);
    case 'empty':
      return new Problem(EXIT.failed, { what: `Marathon knows no apps. ${KEPT}`, why }, options);
  }
}

function ofApply(error: ApplyError): Problem {
  const problem = (code: (typeof EXIT)[keyof typeof EXIT], text: Omit<ProblemText, 'why'>): Problem =>
    new Problem(code, { ...text, why: error.message }, { cause: error });
  switch (error.code) {
    case 'locked':
      return problem(EXIT.conflict, {
        what: 'Another run is at work on the same config.',
        next: '--lock-wait 30s waits for it.',
      });
    case 'source':
      return error.cause instanceof DiscoveryError
        ? ofDiscovery(error.cause)
        : problem(EXIT.unreachable, { what: `No Marathon answers. ${KEPT}` });
    case 'guard':
      return problem(EXIT.failed, {
        what: `So much would go that it is not applied at the first look. ${KEPT}`,
        next: ['Run it again: what looks the same after a while is applied.', '--force applies it now.'],
      });
    case 'nothing-valid':
      return problem(EXIT.failed, { what: `HAProxy does not take the config. ${KEPT}` });
    case 'preflight':
      return problem(EXIT.failed, { what: `HAProxy would take the config, and not start with it. ${KEPT}` });
    case 'no-haproxy':
      return problem(EXIT.failed, {
        what: `HAProxy cannot be asked whether the config is good. ${KEPT}`,
        next: '--haproxy-bin <file>',
      });
    case 'reload-failed':
      return problem(EXIT.rolledBack, {
        what: 'HAProxy did not load the new config; the one before is back.',
        // Who named no way has systemd's, on a machine that may have none.
        ...(error.message.startsWith('systemctl') && {
          next: 'Without systemd: --master-socket, --reload-cmd, --pidfile or --start-pidfile.',
        }),
      });
    case 'held-back':
      return problem(EXIT.rolledBack, {
        what: `HAProxy refused this config a short while ago. ${KEPT}`,
        next: '--force tries it again now.',
      });
    case 'not-running':
      return problem(EXIT.failed, {
        what: 'The config is written, but no HAProxy runs.',
        next: 'Start it; --systemd-unit and --start-pidfile do that too.',
      });
    case 'disk':
      return isForbidden(error.cause)
        ? problem(EXIT.notAllowed, {
            what: `A file may not be written. ${KEPT}`,
            next: 'Run it as root, or as the user to whom the config belongs.',
          })
        : problem(EXIT.failed, { what: `A file could not be written. ${KEPT}` });
  }
}
