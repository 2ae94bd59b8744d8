// How one balancer is asked.
import { describe, expect, test } from 'vitest';
import { askBalancers, type BalancersOptions } from '../../../src/haproxy/bluegreen/balancers/ask.ts';
import { type ClientRequest, NetError } from '../../../src/world/net.ts';

const TABLE = '# pxname,svname,qcur,qmax,scur,smax,slim,stot,status\ncart_1,a_1,0,0,0,0,,0,UP\n';

function asked(answers: Readonly<Record<string, string | number>>, more: Partial<BalancersOptions> = {}) {
  const requests: ClientRequest[] = [];
  const request = async (given: ClientRequest) => {
    requests.push(given);
    const answer = answers[given.url.replace('http://', '')];
    if (answer === undefined) throw new NetError('refused', 'connection refused');
    const body = new TextEncoder().encode(typeof answer === 'string' ? answer : '');
    return { status: typeof answer === 'number' ? answer : 200, headers: {}, body };
  };
  const answer = askBalancers({
    net: { request },
    host: { lookupAll: async () => ['10.1.0.1'] },
    urls: [new URL('http://lb:9090')],
    headers: { authorization: 'Basic x' },
    insecureTls: false,
    pidsPort: 9092,
    ...more,
  });
  return { answer, requests };
}

const STATISTICS = '10.1.0.1:9090/haproxy?stats;csv';

describe('a balancer', () => {
  test('tells its processes beside its statistics, as marathon-lb does', async () => {
    const { answer } = asked({ [STATISTICS]: TABLE, '10.1.0.1:9090/_haproxy_getpids': '12 13\n14' });
    expect(await answer).toMatchObject([{ kind: 'answered', balancer: 'http://10.1.0.1:9090', pids: 3 }]);
  });

  test('has them told by watch otherwise, which never gets the credentials', async () => {
    const { answer, requests } = asked({
      [STATISTICS]: TABLE,
      '10.1.0.1:9090/_haproxy_getpids': 503,
      '10.1.0.1:9092/_haproxy_getpids': '12\n',
    });
    expect(await answer).toMatchObject([{ kind: 'answered', pids: 1 }]);
    expect(requests.map(({ headers }) => headers?.authorization)).toEqual(['Basic x', 'Basic x', undefined]);
  });

  test('need not tell them when they are not wanted', async () => {
    const { answer, requests } = asked({ [STATISTICS]: TABLE }, { pidsPort: undefined });
    expect((await answer)[0]).not.toHaveProperty('pids');
    expect(requests).toHaveLength(1);
  });

  test.each<[string, Readonly<Record<string, string | number>>, RegExp]>([
    ['that nobody is at', {}, /connection refused/],
    ['that asks for a password', { [STATISTICS]: 401 }, /answered with 401/],
    ['that shows a web page', { [STATISTICS]: '<html>' }, /something else than its table/],
    ['that tells no processes', { [STATISTICS]: TABLE }, /neither there nor on port 9092/],
    ['that tells text for processes', { [STATISTICS]: TABLE, '10.1.0.1:9092/_haproxy_getpids': 'x' }, /neither/],
  ])('%s counts as unreachable, and why is told', async (_, answers, why) => {
    expect(await asked(answers).answer).toMatchObject([{ kind: 'unreachable', why: expect.stringMatching(why) }]);
  });

  test('whose name has no address counts as unreachable too', async () => {
    const lookupAll = () => Promise.reject(new NetError('unresolved', 'no address'));
    expect(await asked({}, { host: { lookupAll } }).answer).toMatchObject([{ kind: 'unreachable', why: 'no address' }]);
  });
});
