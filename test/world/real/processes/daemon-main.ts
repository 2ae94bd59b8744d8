// A daemon that launches one task, takes a lock, and then stays until it is killed or has nothing to do (IDLE).
import { createRealWorld } from '../../../../src/world/real/index.ts';

const [task = '', lock = ''] = process.argv.slice(2);
const world = createRealWorld({ log: { level: 'silent' } });
await world.disk.lock(lock);
if (process.env.IDLE === undefined) setInterval(() => undefined, 1_000);
process.send?.(await world.processes.launch(JSON.parse(task)));
