// The templates of a command: built-in ones, and those of the operator.

import { loadTemplates } from '../../../haproxy/render/templates/load-templates.ts';
import type { Templates } from '../../../haproxy/render/templates/templates.ts';
import { DiskError } from '../../../world/disk.ts';
import type { World } from '../../../world/world.ts';
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';

/** Throws Problem `usage` for a directory that cannot be read, TemplateError for a text that is no template. */
export async function readTemplates(
  world: Pick<World, 'disk'>,
  directory: string | undefined,
  environment: NodeJS.ProcessEnv,
): Promise<Templates> {
  try {
    return await loadTemplates(world.disk, { ...(directory && { directory }), environment });
  } catch (error) {
    if (!(error instanceof DiskError) || directory === undefined || !error.path.startsWith(directory)) throw error;
    throw new Problem(
      EXIT.usage,
      { what: `--templates-dir: ${directory} cannot be read.`, why: error.message },
      { cause: error },
    );
  }
}
