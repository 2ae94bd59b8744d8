// The three places where settings are said, read.

import { EXIT } from '../../exit-codes.ts';
import { readDocuments } from '../../marathon/input/documents.ts';
import { Problem } from '../../problem.ts';
import { Given } from './given.ts';
import { readSettingsFile } from './read-file.ts';

/** Flags as oclif parsed them. The config file is that of --config-file, or of MCTL_HAPROXY_CONFIG_FILE. Throws Problem `usage`. */
export function readGiven(flags: Readonly<Record<string, unknown>>, env: NodeJS.ProcessEnv): Given {
  const flag = flags['config-file'];
  const path = typeof flag === 'string' ? flag : env.MCTL_HAPROXY_CONFIG_FILE;
  if (path === undefined || path === '') return new Given({ flags, env });
  const source = typeof flag === 'string' ? '--config-file' : 'MCTL_HAPROXY_CONFIG_FILE';
  const [document, ...others] = readDocuments(path, readSettingsFile(path, source));
  if (others.length > 0) throw new Problem(EXIT.usage, { what: `${source}: ${path} must hold one document.` });
  return new Given({ flags, env, file: { path, content: document?.value } });
}
