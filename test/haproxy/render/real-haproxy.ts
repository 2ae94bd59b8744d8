// Asks the real HAProxy whether it takes a config, without a word of complaint.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rendered } from '../../../src/haproxy/render/rendered.ts';

/** Why it cannot be asked here; undefined when it can. */
export const MISSING = ['haproxy', 'openssl'].find(
  (program) => spawnSync(program, [program === 'haproxy' ? '-v' : 'version']).error,
);
if (MISSING !== undefined) console.warn(`no ${MISSING} here: configs are not shown to a real HAProxy`);

/** What HAProxy says against it; empty when it is fine. Certificates and maps are put in place for it. */
export function complaints(rendered: Rendered): string {
  const directory = mkdtempSync(join(tmpdir(), 'mctl-haproxy-'));
  try {
    mkdirSync(join(directory, 'certs'));
    const named = rendered.config + rendered.maps['certificates.list'];
    const paths = new Set(
      [...named.matchAll(/(?: crt |^)\/etc\/haproxy\/certs\/([\w.-]+)/gm)].map(([, path = '']) => path),
    );
    for (const path of paths) writeFileSync(join(directory, 'certs', path), certificate());
    for (const [name, text] of Object.entries(rendered.maps)) {
      writeFileSync(join(directory, name), text.replaceAll('/etc/haproxy', directory));
    }
    const config = join(directory, 'haproxy.cfg');
    const text = rendered.config.replaceAll('/etc/haproxy', directory).replaceAll('/run/mctl-haproxy', directory);
    writeFileSync(config, text);
    const { status, stderr } = spawnSync('haproxy', ['-c', '-dW', '-f', config], { encoding: 'utf8' });
    return status === 0 ? '' : stderr;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

let made: string | undefined;

/** Self-signed, key and all, in one PEM. */
export function certificate(): string {
  if (made !== undefined) return made;
  const directory = mkdtempSync(join(tmpdir(), 'mctl-certificate-'));
  try {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
    const files = ['-keyout', key, '-out', cert];
    const { status, stderr } = spawnSync(
      'openssl',
      ['req', '-x509', '-nodes', ...curve, ...files, '-days', '2', '-subj', '/CN=shop.example.com'],
      { encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`openssl: ${stderr}`);
    made = readFileSync(cert, 'utf8') + readFileSync(key, 'utf8');
    return made;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
