// An https Marathon whose certificate the system does not know.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { marathonPlaces } from '../../../src/cli/haproxy/places.ts';
import { readGiven } from '../../../src/cli/haproxy/settings/read-given.ts';
import { MarathonSource } from '../../../src/haproxy/discovery/marathon-source.ts';
import { createRealWorld } from '../../../src/world/real/index.ts';

const directory = mkdtempSync(join(tmpdir(), 'mctl-haproxy-https-'));
const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
const { status } = spawnSync('openssl', [
  ...['req', '-x509', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-days', '2'],
  ...['-keyout', key, '-out', cert, '-subj', '/CN=marathon', '-addext', 'subjectAltName=IP:127.0.0.1'],
]);
const world = createRealWorld({ log: { level: 'silent' } });
afterAll(() => world.close());

test.skipIf(status !== 0)('is refused, unless its certificate is named or none is asked for', async () => {
  const answer = JSON.stringify({ apps: [{ id: '/web', instances: 0, tasks: [] }] });
  const server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) =>
    response.end(answer),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const discover = async (flags: Record<string, unknown>) => {
    const given = readGiven(
      { marathon: [`https://127.0.0.1:${(server.address() as AddressInfo).port}`], ...flags },
      {},
    );
    return new MarathonSource(world, await marathonPlaces(given, {}, async () => [])).discover();
  };
  try {
    await expect(discover({})).rejects.toMatchObject({ code: 'unreachable' });
    expect((await discover({ insecure: true })).discovery.apps).toHaveLength(1);
    expect((await discover({ 'marathon-ca-cert': cert })).discovery.apps).toHaveLength(1);
    await expect(discover({ 'marathon-ca-cert': '/dev/null' })).rejects.toMatchObject({ exitCode: 2 });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
