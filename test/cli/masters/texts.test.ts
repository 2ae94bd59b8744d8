import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { addContext } from '../../../src/cli/context/edit.ts';
import { resolveTarget } from '../../../src/cli/context/resolve.ts';
import { contextListView, targetView } from '../../../src/cli/context/view.ts';
import { checkMaster, readMasters, shownMaster, splitMasters } from '../../../src/cli/masters/texts.ts';
import { parseAgentOptions } from '../../../src/daemon/agent/flags.ts';
import { parseMasterOptions } from '../../../src/daemon/master/flags.ts';

const ZK = 'zk://mesos:secret@z1:2181,z2:2181,z3:2181/mesos';
const SHOWN = 'zk://z1:2181,z2:2181,z3:2181/mesos';
const EMPTY = { current: undefined, contexts: new Map() };
const directory = mkdtempSync(join(tmpdir(), 'mctl-masters-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  writeFileSync(join(directory, name), content);
  return `file://${join(directory, name)}`;
}

describe('an election', () => {
  test('is one place, whatever commas are in it', () => {
    expect(splitMasters(` ${ZK} `)).toEqual([ZK]);
    expect(splitMasters('a:1, b:2')).toEqual(['a:1', 'b:2']);
  });

  test.each(['--master', 'MCTL_MASTER', 'MESOS_MASTER'])('may be named by %s', (source) => {
    const target = resolveTarget({
      masterFlag: source === '--master' ? ZK : undefined,
      contextFlag: undefined,
      env: { [source]: ZK },
      config: EMPTY,
      running: [],
    });
    expect(target).toMatchObject({ masters: [ZK], source });
  });

  test('may be saved as a context, and is shown without its password', () => {
    const config = addContext(EMPTY, 'large', splitMasters(ZK), { replace: false, use: true });
    const question = { masterFlag: undefined, contextFlag: undefined, env: {}, config, running: [] };
    const target = resolveTarget(question);
    expect(target.masters).toEqual([ZK]);
    for (const view of [targetView(target), contextListView(config, [], 'large')]) {
      expect(JSON.stringify(view)).toContain(SHOWN);
      expect(JSON.stringify(view)).not.toContain('secret');
    }
  });

  test.each(['zk:/me:secret@h:2181,i:2181/mesos', 'zk//me:secret@h:2181/mesos'])(
    'that is mistyped is not taken for hosts: %s',
    (text) => {
      expect(splitMasters(text)).toEqual([text]);
      const check = () => checkMaster(text, '--master');
      expect(check).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining('mistyped') }));
      expect(check).not.toThrow(/secret/);
      expect(() => checkMaster('zk:5050')).not.toThrow();
    },
  );

  test('stands alone in a context', () => {
    const add = () => addContext(EMPTY, 'x', ['a:5050', ZK], { replace: false, use: false });
    expect(add).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  test.each([
    ['zk://', 'is no server'],
    ['zk://user@h:2181/mesos', 'user:password'],
    ['zk://h:2181', 'needs a path'],
    ['zk://h:0/mesos', 'is no port'],
    ['zk://mesos:secret@h:99999/mesos', 'is no port'],
    ['file://relative', 'whole path'],
    ['ftp://h', 'host:port'],
  ])('or file or address is wrong usage when it is none: %s', (text, why) => {
    const check = () => checkMaster(text, '--master');
    expect(check).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining(why) }));
    expect(check).not.toThrow(/secret/);
  });
});

describe('a file', () => {
  test('stands for what it holds: an election or addresses', () => {
    expect(readMasters([file('zk', `${ZK}\n`)])).toEqual([ZK]);
    expect(readMasters([file('list', 'a:5050,b:5050\n')])).toEqual(['a:5050', 'b:5050']);
    expect(readMasters(['c:5050'])).toEqual(['c:5050']);
  });

  test.each([
    ['nothing', '', 'not an address'],
    ['another file', 'file:///etc/zk', 'another file'],
    ['nonsense', 'zk://mesos:secret@h', 'needs a path'],
  ])('that holds %s is wrong usage', (name, content, why) => {
    const read = () => readMasters([file(name.replace(' ', '-'), content)]);
    expect(read).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining(why) }));
    expect(read).not.toThrow(/secret/);
  });

  test('that is not there is wrong usage', () => {
    expect(() => readMasters([`file://${directory}/none`])).toThrow(expect.objectContaining({ exitCode: 2 }));
  });
});

describe('a password', () => {
  test('is never shown', () => {
    expect(shownMaster(ZK)).toBe(SHOWN);
    expect(shownMaster('a:5050')).toBe('a:5050');
  });

  test('is not in /flags of a master or an agent', () => {
    const master = parseMasterOptions({ args: [`--zk=${ZK}`] });
    expect([master.zk, master.flagTexts.zk]).toEqual([ZK, SHOWN]);
    const agent = parseAgentOptions({ args: [`--master=${ZK}`, '--work_dir=/w'] });
    expect([agent.master, agent.flagTexts.master]).toEqual([ZK, SHOWN]);
    const behindProxy = parseAgentOptions({ args: ['--master=http://me:secret@h:5050', '--work_dir=/w'] });
    expect(behindProxy.flagTexts.master).toBe('http://h:5050');
  });
});
