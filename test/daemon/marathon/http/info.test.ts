// What Marathon shows of its flags, and what it does not (marathon.md 8.1).
import { expect, test } from 'vitest';
import { parseMarathonOptions } from '../../../../src/daemon/marathon/flags.ts';
import { infoJson, shownFlags } from '../../../../src/daemon/marathon/http/views/info.ts';

const where = { leader: 'box:8080', elected: true, httpPort: 8080, hostname: 'box' };

function shown(...args: string[]) {
  const options = parseMarathonOptions({ args });
  const info = infoJson(options, undefined, where);
  const { zookeeper_config, marathon_config } = info as Record<string, Record<string, unknown>>;
  return {
    zk: zookeeper_config?.zk,
    master: marathon_config?.master,
    text: JSON.stringify([info, shownFlags(options)]),
  };
}

test.each(['s3cret', 's3:cret', 's3@cret', 's3/cret@', '@s3cret', 's3cret//', '%40s3cret'])(
  'a password of an ensemble is nowhere, whatever is in it: %s',
  (password) => {
    const zk = `zk://me:${password}@h1:2181,h2:2181/marathon`;
    const { text, ...config } = shown(`--master=${zk}`, `--zk=${zk}`);
    const bare = 'zk://xxxxxxxx:xxxxxxxx@h1:2181,h2:2181/marathon';
    expect(config).toEqual({ zk: bare, master: bare });
    expect(text).not.toMatch(/s3|cret/);
  },
);

test('an address without credentials is shown as it is, and that of a file as the file', () => {
  expect(shown('--master=m1:5050,m2:5050', '--zk=zk://h:2181/x')).toMatchObject({
    zk: 'zk://h:2181/x',
    master: 'm1:5050,m2:5050',
  });
  expect(shown('--master=file:///etc/mesos/zk', '--zk=file:///etc/marathon/zk').zk).toBe('file:///etc/marathon/zk');
  expect(shown('--master=m:5050').zk).toBeNull();
});

test('masters with credentials are shown without them', () => {
  const { master } = shown('--master=http://me:s3cret@m1:5050,http://m2:5050');
  expect(master).toBe('http://xxxxxxxx:xxxxxxxx@m1:5050,http://m2:5050');
});
