// Labels that are numbers, words or files: what is taken, and as what (haproxy.md 2.5.3, 8.6, 17.2).
import { describe, expect, test } from 'vitest';
import {
  isFileIn,
  parseBalance,
  parseBindAddress,
  parseFileIn,
  parseInteger,
  parseMode,
  parseNetworks,
  parseTime,
  parseTruth,
  readsHttp,
} from '../../../src/haproxy/grammar/words.ts';

const taken = (value: unknown) => ({ ok: true, value });

test.each([
  ['TRUE', true, true],
  [' y ', true, true],
  ['NO', false, true],
  ['0', false, true],
  ['1', false, false],
  ['', false, false],
])('%j is %s, known: %s', (text, value, isKnown) => {
  expect(parseTruth(text)).toEqual({ value, isKnown });
});

test('whole numbers are digits within their range, both ends inclusive', () => {
  expect(parseInteger(' 1 ', 1, 65_535)).toEqual(taken(1));
  expect(parseInteger('65535', 1, 65_535)).toEqual(taken(65_535));
  for (const text of ['0', '65536', '', '1.5', '+5', '0x10', '1e3', '9'.repeat(400), '5\n6']) {
    expect(parseInteger(text, 1, 65_535), text).toMatchObject({ ok: false });
  }
});

test('a mode is tcp or http in any case', () => {
  expect(parseMode(' HTTP ')).toEqual(taken('http'));
  expect(parseMode('Tcp')).toEqual(taken('tcp'));
  expect(parseMode('')).toMatchObject({ ok: false });
});

describe('balance algorithms', () => {
  test.each([
    ['roundrobin', 'roundrobin'],
    ['static-rr', 'static-rr'],
    ['LeastConn', 'leastconn'],
    ['first', 'first'],
    ['source', 'source'],
    ['random', 'random'],
    ['random(3)', 'random(3)'],
    ['uri', 'uri'],
    ['uri  depth  3 whole', 'uri depth 3 whole'],
    ['url_param session', 'url_param session'],
    ['url_param id check_post', 'url_param id check_post'],
    ['hdr(X-User)', 'hdr(X-User)'],
    ['hdr(Host) use_domain_only', 'hdr(Host) use_domain_only'],
    ['rdp-cookie', 'rdp-cookie'],
    ['rdp-cookie(mstshash)', 'rdp-cookie(mstshash)'],
  ])('%j is taken as %j', (text, balance) => {
    expect(parseBalance(text)).toEqual(taken(balance));
  });
  test.each(['', 'fastest', 'random(0)', 'hdr()', 'hdr(a b)', 'url_param', 'first\tx', 'uri $X'])(
    '%j is none, or none with such words',
    (text) => {
      expect(parseBalance(text)).toMatchObject({ ok: false });
    },
  );
  test('those that read requests are known', () => {
    for (const balance of ['uri', 'url_param x', 'hdr(X)']) expect(readsHttp(balance), balance).toBe(true);
    for (const balance of ['source', 'random(2)', 'rdp-cookie']) expect(readsHttp(balance), balance).toBe(false);
  });
});

test('listen addresses are IP literals or all', () => {
  expect(parseBindAddress(' * ')).toEqual(taken('*'));
  expect(parseBindAddress('[::1]')).toEqual(taken('::1'));
  for (const text of ['', '**', '*:80', '10.0.0.1:80', 'unix@/x', '/x', '10.0.0.1 ssl']) {
    expect(parseBindAddress(text), text).toMatchObject({ ok: false });
  }
});

test('networks stand between blanks, each once', () => {
  expect(parseNetworks('10.0.0.0/8\n192.0.2.7  10.0.0.0/8 ::/0')).toEqual(taken(['10.0.0.0/8', '192.0.2.7', '::/0']));
  for (const text of ['', '10.0.0.0/8,10.1.0.0/16', '-f /etc/shadow', '10.0.0.0/08', '10.0.0/8']) {
    expect(parseNetworks(text), text).toMatchObject({ ok: false });
  }
  const many = (count: number) => Array.from({ length: count }, (_, i) => `10.0.${i >> 8}.${i & 255}`).join(' ');
  expect(parseNetworks(many(1000))).toMatchObject({ ok: true });
  expect(parseNetworks(many(1001))).toMatchObject({ ok: false });
});

test('files lie in their directory, as the text says it', () => {
  expect(parseFileIn('/etc/certs/', '/etc/certs/a/b_1.pem')).toEqual(taken('/etc/certs/a/b_1.pem'));
  for (const path of [
    '/etc/certs/../x',
    '/etc/certs/./x',
    '/etc/certsx/a',
    'a.pem',
    '/etc/certs//a',
    '/etc/certs/a b',
  ]) {
    expect(isFileIn('/etc/certs', path), path).toBe(false);
  }
});

test('times without a zone are UTC, with microseconds as Python writes them', () => {
  const ms = Date.UTC(2026, 0, 10, 10, 0, 0);
  expect(parseTime('2026-01-10T10:00:00')).toEqual(taken(ms));
  expect(parseTime('2026-01-10T10:00:00.000001')).toEqual(taken(ms));
  expect(parseTime('2026-01-10T12:00+02:00')).toEqual(taken(ms));
  expect(parseTime('2026-01-10T10:00:00Z')).toEqual(taken(ms));
  for (const text of ['', 'yesterday', '2026-01-10', '2026-13-10T10:00:00', '2026-01-10T10:00:00 UTC']) {
    expect(parseTime(text), text).toMatchObject({ ok: false });
  }
});
