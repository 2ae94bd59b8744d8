// A process that fetches one image and is killed while it does: image-store-main.ts <directory> <registry> <name>
import { ImageStore } from '../../src/daemon/agent/containers/images/store.ts';
import { createRealWorld } from '../../src/world/real/index.ts';

const [directory = '', registry = '', name = ''] = process.argv.slice(2);
const world = createRealWorld({ log: { level: 'error' } });
const store = new ImageStore(world, { directory, registry, stallMs: 60_000, architecture: 'amd64' });
await store.start();
await store.get({ name, mayBeKept: true, logins: undefined, containerId: 'c1', isCancelled: () => false });
