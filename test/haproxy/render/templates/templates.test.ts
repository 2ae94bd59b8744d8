import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { OPERATOR_TEMPLATES, OVERRIDABLE_TEMPLATES } from '../../../../src/haproxy/model/template-names.ts';
import { isTemplateName, TEMPLATE_NAMES } from '../../../../src/haproxy/render/templates/catalog.ts';
import { loadTemplates } from '../../../../src/haproxy/render/templates/load-templates.ts';
import { BUILT_IN, disk } from '../made-services.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mctl-templates-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function load(files: Record<string, string>, environment: Record<string, string> = {}) {
  const own = await mkdtemp(join(directory, 'own-'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(own, name), text);
  return loadTemplates(disk, { directory: own, environment });
}

test('every name that a label may use is a template', () => {
  expect([...OVERRIDABLE_TEMPLATES, ...OPERATOR_TEMPLATES].filter((name) => !isTemplateName(name))).toEqual([]);
});

test('built-in templates are complete and nothing is odd about them', () => {
  for (const name of TEMPLATE_NAMES) expect(BUILT_IN.get(name).source).toBe('built-in');
  expect(BUILT_IN.warnings).toEqual([]);
});

describe('where a template comes from', () => {
  test('the environment is stronger than a file, a file is stronger than what is built in', async () => {
    const files = { HAPROXY_FRONTEND_BACKEND_GLUE: '  file {backend}\n', HAPROXY_BACKEND_STICKY_OPTIONS: 'file' };
    const environment = { HAPROXY_BACKEND_STICKY_OPTIONS: '  one\\n  two', HAPROXY_GROUP: 'x', PATH: '/bin' };
    const templates = await load(files, environment);
    expect(templates.get('FRONTEND_BACKEND_GLUE').fill({ backend: 'a' })).toBe('  file a');
    expect(templates.get('BACKEND_STICKY_OPTIONS').fill({})).toBe('  one\n  two');
    expect(templates.get('HTTP_FRONTEND_HEAD')).toMatchObject({ source: 'built-in' });
  });

  test('replacing a template leaves those alone that share its built-in text', async () => {
    const templates = await load({ HAPROXY_HTTP_FRONTEND_ACL: '  mine' });
    expect(templates.get('HTTPS_FRONTEND_ACL').text).toBe(BUILT_IN.get('HTTP_FRONTEND_ACL').text);
  });

  test('other files in the directory are left alone, a name that looks like a template and is none is told', async () => {
    const templates = await load({ README: '{', 'HAPROXY_HEAD.bak': '{', HAPROXY_BACKEND_STICKY: 'x' });
    expect(templates.warnings).toEqual([expect.stringContaining('HAPROXY_BACKEND_STICKY_OPTIONS')]);
  });

  test('a directory that is not there is an error', async () => {
    await expect(loadTemplates(disk, { directory: join(directory, 'nowhere') })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the check at the start', () => {
  test('a text that is no template is refused by name', async () => {
    await expect(load({ HAPROXY_BACKEND_HEAD: 'backend {name}' })).rejects.toMatchObject({
      code: 'template-invalid',
      template: 'BACKEND_HEAD',
      message: expect.stringContaining('HAPROXY_BACKEND_HEAD (file)'),
    });
  });

  test.each([
    ['rspadd X:\\ y', 'http-response set-header X y'],
    ['reqirep a b', 'replace-path'],
    ['rspirep a b', 'http-response replace-header'],
    ['reqadd a', 'http-request set-header <name> <value>'],
    ['contimeout 5', 'timeout connect'],
    ['clitimeout 5', 'timeout client'],
    ['srvtimeout 5', 'timeout server'],
  ])('%s is told what replaces it', async (line, instead) => {
    const { warnings } = await load({ HAPROXY_BACKEND_HTTP_OPTIONS: `  option forwardfor\n  ${line}\n` });
    expect(warnings).toEqual([expect.stringContaining(instead)]);
  });

  test('a head with "daemon", without passed-on listeners or our socket is told', async () => {
    const { warnings } = await load({ HAPROXY_HEAD: 'global\n  daemon\n  stats socket /x\n' });
    expect(warnings).toHaveLength(3);
    expect(warnings.join('\n')).toMatch(/daemon[\s\S]*expose-fd listeners[\s\S]*runtimeSocket/);
  });

  test('a comment about a daemon is no daemon', async () => {
    const head = 'global\n  # no daemon here\n  stats socket {runtimeSocket} expose-fd listeners';
    expect((await load({ HAPROXY_HEAD: head })).warnings).toEqual([]);
  });
});
