// More certificates than a line holds: their list is one of the files that a turn checks, writes and loads.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadTemplates } from '../../../src/haproxy/render/templates/load-templates.ts';
import { certificate, MISSING } from '../render/real-haproxy.ts';
import { Balancer } from './support/balancer.ts';
import { madeAnswer, madeApp } from './support/made-answer.ts';

let balancer: Balancer;

beforeEach(async () => {
  balancer = await Balancer.make();
});

afterEach(() => balancer.end());

test.skipIf(MISSING !== undefined)('are loaded, looked at once, and loaded anew when one is added', async () => {
  const { directory, ports, world } = balancer;
  const paths = Array.from({ length: 31 }, (_, index) => join(directory, `${index}.pem`));
  writeFileSync(paths[0] ?? '', certificate(), { mode: 0o644 });
  for (const path of paths.slice(1)) copyFileSync(paths[0] ?? '', path);
  const bind = (port: number) => `  bind 127.0.0.1:${port}`;
  const environment = {
    HAPROXY_HTTP_FRONTEND_HEAD: `frontend marathon_http_in\n${bind(ports + 96)}\n  mode http`,
    HAPROXY_HTTPS_FRONTEND_HEAD: `frontend marathon_https_in\n${bind(ports + 97)} ssl {sslCerts}\n  mode http`,
  };
  const templates = await loadTemplates(world.disk, { environment });
  await balancer.start();
  const apps = [madeApp('/web', ports, [ports + 50], { HAPROXY_0_VHOST: 'web.example' })];
  const turn = async (certificates: readonly string[]) => {
    const options = { bindsHttp: true, appIdPort: 'none' as const, certificates };
    return (await balancer.applier(async () => madeAnswer(apps), { options }, templates).turn()).outcome;
  };
  expect(await turn(paths.slice(1))).toBe('reload');
  expect(await subjectAt(ports + 97)).toBe('shop.example.com');
  expect(await turn(paths.slice(1))).toBe('nothing');
  expect(await turn(paths)).toBe('reload');
  expect(readFileSync(join(directory, 'certificates.list'), 'utf8').split('\n')).toHaveLength(32);
  expect(existsSync(join(directory, '.certificates.list.mctl-check'))).toBe(false);
  expect(await turn(paths.slice(0, 2))).toBe('reload');
  expect(readFileSync(join(directory, 'certificates.list'), 'utf8')).toBe('');
});

function subjectAt(port: number): Promise<string | string[] | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().subject.CN);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}
