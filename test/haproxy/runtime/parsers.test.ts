// What HAProxy 2.6 answers on its sockets, read; and what is not sent to it.
import { describe, expect, test } from 'vitest';
import { AdminSocket, parseInfo } from '../../../src/haproxy/runtime/admin-socket.ts';
import { addText, canBeNamed, serverPath } from '../../../src/haproxy/runtime/command-text.ts';
import { MasterSocket, parseProcesses } from '../../../src/haproxy/runtime/master-socket.ts';
import { parseServersState, stateFileText } from '../../../src/haproxy/runtime/servers-state.ts';
import { parseStat, upServers } from '../../../src/haproxy/runtime/show-stat.ts';
import { type ExchangeLimits, type Net, NetError } from '../../../src/world/net.ts';

const COLUMNS =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';
const STATE = `1
${COLUMNS}
4 be_10 10 s1 127.0.0.1 2 0 1 1 1 1 0 2 0 0 0 1 - 24950 - 0 0 - - 0
4 be_10 11 s2 127.0.0.1 0 5 3 1 1 1 0 0 14 0 0 1 - 24951 - 0 0 - - 0
5 v6 12 s3 ::1 2 8 1 1 1 1 0 0 14 0 0 1 - 24952 - 0 0 - - 0
`;

describe('answers', () => {
  test('`show servers state` is one server a line', () => {
    const [one, two, three] = parseServersState(STATE);
    expect(one).toMatchObject({ backend: 'be_10', name: 's1', id: 10, address: '127.0.0.1', port: 24_950, isUp: true });
    expect(one).toMatchObject({ isInMaintenance: false, isDrained: false, weight: 1, initialWeight: 1 });
    expect(two).toMatchObject({ isInMaintenance: true, isUp: false, weight: 3 });
    expect(three).toMatchObject({ address: '::1', isDrained: true });
  });

  test('another version or other columns are `unexpected`, not guessed at', () => {
    for (const text of ['', '2\n# be_id\n', 'Permission denied\n', '1\n# be_id be_name\n']) {
      expect(() => parseServersState(text)).toThrow(expect.objectContaining({ code: 'unexpected' }));
    }
  });

  test('a state file keeps the head and the chosen lines', () => {
    expect(stateFileText(STATE, (server) => server.name === 's1').split('\n')).toEqual([
      '1',
      COLUMNS,
      expect.stringContaining(' s1 '),
      '',
    ]);
  });

  test('`show proc` tells workers from old ones, and failed reloads', () => {
    const text = `#<PID>          <type>          <reloads>       <uptime>        <version>
24836           master          2 [failed: 1]   0d00h10m30s     2.6.12
# workers
13998           worker          1               0d00h00m01s     2.6.12
# old workers
13900           worker          3               0d00h00m01s     2.6.12
# programs
`;
    expect(parseProcesses(text)).toEqual({
      master: 24_836,
      reloads: 2,
      failedReloads: 1,
      workers: [13_998],
      oldWorkers: [13_900],
    });
    expect(() => parseProcesses('Unknown command')).toThrow(expect.objectContaining({ code: 'unexpected' }));
  });

  test('`show info` and `show stat` are read by name', () => {
    expect(parseInfo('Name: HAProxy\nVersion: 2.6.12\nPid: 7\nUptime_sec: 3\nStopping: 1\nJobs: 5\n')).toEqual({
      pid: 7,
      version: '2.6.12',
      uptimeSeconds: 3,
      isStopping: true,
      jobs: 5,
    });
    expect(() => parseInfo('nothing')).toThrow(expect.objectContaining({ code: 'unexpected' }));
    const columns = `# pxname,svname,qcur,qmax,scur,${Array(12).fill('x').join(',')},status,weight`;
    const row = (name: string, status: string) => `be,${name},0,0,2,${Array(12).fill('').join(',')},${status},1`;
    const csv = [
      columns,
      row('FRONTEND', 'OPEN'),
      row('a', 'UP 1/3'),
      row('b', 'no check'),
      row('c', 'MAINT'),
      row('BACKEND', 'UP'),
    ].join('\n');
    expect(parseStat(csv)[1]).toEqual({ proxy: 'be', name: 'a', status: 'UP 1/3', currentSessions: 2, queued: 0 });
    expect(upServers(parseStat(csv))).toEqual(new Map([['be', new Set(['a', 'b'])]]));
  });
});

/** A socket that notes what it is asked. */
function scripted(answers: Readonly<Record<string, string>>): { net: Net; asked: string[] } {
  const asked: string[] = [];
  const never = (): never => {
    throw new Error('not expected');
  };
  const exchange = async (_path: string, text: string, _limits: ExchangeLimits): Promise<string> => {
    asked.push(text.trimEnd());
    return answers[text.trimEnd()] ?? '\n';
  };
  return {
    net: { listen: never, request: never, openStream: never, openUpload: never, connect: never, exchange },
    asked,
  };
}

describe('commands', () => {
  const words = '10.0.0.13:31030 id 21373 check inter 5s fall 3'.split(' ');
  const add = { kind: 'add', backend: 'db_pg_5432', server: 's3', words, isDisabled: false } as const;

  test('adding is three commands in this order, a disabled one stays as it came', async () => {
    const text = 'add server db_pg_5432/s3 10.0.0.13:31030 id 21373 check inter 5s fall 3';
    const { net, asked } = scripted({ [text]: 'New server registered.\n\n' });
    const socket = new AdminSocket(net, '/admin.sock');
    expect(await socket.run(add)).toBe('done');
    expect(asked).toEqual([text, 'enable health db_pg_5432/s3', 'enable server db_pg_5432/s3']);
    asked.length = 0;
    await socket.run({ ...add, isDisabled: true });
    expect(asked).toEqual([text, 'enable health db_pg_5432/s3']);
  });

  test('HAProxy 2.4 and 2.5 are told that it is known to be new, once it is seen to be needed', async () => {
    const text = 'add server db_pg_5432/s3 10.0.0.13:31030 id 21373 check inter 5s fall 3';
    const { net, asked } = scripted({
      [text]: 'This command is restricted to experimental mode only.\n\n',
      [`experimental-mode on; ${text}`]: '\nNew server registered.\n\n',
      'experimental-mode on; del server be/idle': '\nServer deleted.\n',
    });
    const socket = new AdminSocket(net, '/admin.sock');
    expect(await socket.run({ ...add, isDisabled: true })).toBe('done');
    expect(await socket.run({ kind: 'remove', backend: 'be', server: 'idle' })).toBe('done');
    expect(asked).toEqual([
      text,
      `experimental-mode on; ${text}`,
      'enable health db_pg_5432/s3',
      'set server be/idle state maint',
      'experimental-mode on; del server be/idle',
    ]);
  });

  test('a server with connections is left, one that is gone is done, anything else is an error with its words', async () => {
    const { net } = scripted({
      'del server be/busy': 'Server still has connections attached to it, cannot remove it.\n',
      'del server be/idle': 'Server deleted.\n',
      'set server be/gone state maint': 'No such server.\n\n',
      'set server be/odd state ready': 'Permission denied\n',
    });
    const socket = new AdminSocket(net, '/admin.sock');
    const remove = (server: string) => socket.run({ kind: 'remove', backend: 'be', server });
    expect([await remove('busy'), await remove('idle'), await remove('gone')]).toEqual(['left', 'done', 'done']);
    await expect(socket.run({ kind: 'ready', backend: 'be', server: 'odd' })).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('Permission denied'),
    });
    await expect(socket.run(add)).rejects.toMatchObject({ code: 'refused' });
  });

  test.for(['a;shutdown', 'a b', 'a\nb', 'a/b', '', '"a"', 'a\\', 'ä'])('no name %j is ever sent', async (name) => {
    const { net, asked } = scripted({});
    expect(canBeNamed('be', name)).toBe(false);
    expect(() => serverPath('be', name)).toThrow(expect.objectContaining({ code: 'refused' }));
    const socket = new AdminSocket(net, '/admin.sock');
    for (const kind of ['ready', 'maint', 'remove'] as const) {
      await expect(socket.run({ kind, backend: 'be', server: name })).rejects.toMatchObject({ code: 'refused' });
    }
    await expect(socket.shutdownSessions(name, 'a')).rejects.toMatchObject({ code: 'refused' });
    expect(() => addText({ ...add, words: ['10.0.0.1:1', `${name};`] })).toThrow();
    expect(asked).toEqual([]);
  });

  test('a socket that nobody listens on is `not-running`; a master that would not says so', async () => {
    const { net } = scripted({ reload: 'Success=0\n--\n[ALERT] bad file\n' });
    await expect(new MasterSocket(net, '/m').reload()).rejects.toMatchObject({ code: 'refused' });
    const dead: Net = { ...net, exchange: () => Promise.reject(new NetError('refused', 'nobody')) };
    await expect(new AdminSocket(dead, '/a').info()).rejects.toMatchObject({ code: 'not-running' });
  });
});
