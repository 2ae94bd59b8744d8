// Flags whose effect an operator relies on and that this agent cannot give yet: better no agent than one that only looks
// protected or isolated.
import { FlagError } from '../../serving/flags.ts';
import { ISOLATOR_NAMES, isolatorNames, unknownIsolator } from '../containers/confinement/features.ts';

const LATER = 'is not supported by this agent yet; leave it out to start without it';

/** Flag → the only text it may have, or undefined when it must not be given at all. */
const ONLY: Readonly<Record<string, string | undefined>> = {
  authenticate_http_executors: undefined,
  authenticate_http_readonly: 'false',
  authenticate_http_readwrite: 'false',
  acls: undefined,
  credential: undefined,
  http_credentials: undefined,
  jwt_secret_key: undefined,
  firewall_rules: undefined,
  hooks: undefined,
  modules_dir: undefined,
  secret_resolver: undefined,
  http_executor_domain_sockets: 'false',
};

/** Throws FlagError for the first flag that asks for too much. `texts`: every flag that has a value. */
export function refuseUnsupported(texts: Readonly<Record<string, string>>): void {
  for (const [name, only] of Object.entries(ONLY)) {
    const text = texts[name];
    if (text !== undefined && text !== only) throw new FlagError('invalid-value', name, `--${name}=${text} ${LATER}`);
  }
  const unknown = unknownIsolator(texts.isolation);
  if (unknown !== undefined) {
    const why = `--isolation=${unknown} ${LATER}; there are ${ISOLATOR_NAMES.join(', ')}`;
    throw new FlagError('invalid-value', 'isolation', why);
  }
  const filesystems = isolatorNames(texts.isolation).filter((name) => name.startsWith('filesystem/'));
  if (filesystems.length > 1) {
    const why = `--isolation names ${filesystems.join(' and ')}: only one of them can be`;
    throw new FlagError('invalid-value', 'isolation', why);
  }
}
