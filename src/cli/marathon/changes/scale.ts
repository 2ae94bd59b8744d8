// `mctl app scale|stop`, `mctl group scale`.
import { EXIT } from '../../exit-codes.ts';
import { Problem } from '../../problem.ts';
import { findApp, groupId } from '../ids.ts';
import { parseScale, scaled } from '../input/scale.ts';
import type { Change, ChangeContext } from './carry-out.ts';

type Context = Pick<ChangeContext, 'marathon' | 'force'>;

/** Throws Problem. */
export async function scaleApp({ marathon, force }: Context, given: string, text: string): Promise<Change> {
  const scale = parseScale(text);
  const app = await findApp(marathon, given);
  const instances = scaled(scale, app.instances);
  return {
    subjects: [app.id],
    done: `Scaled to ${instances}:`,
    next:
      instances === 0
        ? `mctl app scale ${app.id} ${Math.max(1, app.instances)}      (starts it again)`
        : `mctl app tasks ${app.id}`,
    send: () => marathon.changeApp(app.id, { instances }, { force }),
  };
}

/** By a factor, all its apps. Throws Problem. */
export function scaleGroup({ marathon, force }: Context, given: string, text: string): Change {
  const scale = parseScale(text);
  if (scale.kind !== 'times') {
    throw new Problem(EXIT.usage, { what: 'A group is scaled by a factor.', next: `mctl group scale ${given} x2` });
  }
  const id = groupId(given);
  return {
    subjects: [id],
    done: `Scaled by ${scale.factor}:`,
    next: `mctl group show ${id}`,
    send: () => marathon.changeGroup(id, { scaleBy: scale.factor }, { force }),
  };
}
