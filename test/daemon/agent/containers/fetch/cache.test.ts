// Bookkeeping of the fetcher's cache.
import { describe, expect, test } from 'vitest';
import { type CacheEntry, FetchCache } from '../../../../../src/daemon/agent/containers/fetch/cache.ts';

const done = Promise.resolve();

function reserve(cache: FetchCache, uri: string, bytes: number): { entry: CacheEntry; evicted: readonly string[] } {
  const reserved = cache.reserve('me', uri, bytes, done);
  if (reserved === undefined) throw new Error(`no room for ${uri}`);
  return reserved;
}

describe('the fetch cache', () => {
  test('finds what the same user fetched, and nobody else', () => {
    const cache = new FetchCache('/cache', 100);
    const { entry } = reserve(cache, 'http://h/a.tgz', 10);
    expect(entry.path).toBe('/cache/me/c1-a.tgz');
    expect(cache.find('me', 'http://h/a.tgz')).toBe(entry);
    expect(entry.users).toBe(2);
    expect(cache.find('you', 'http://h/a.tgz')).toBeUndefined();
    expect(cache.find('me', 'http://h/b.tgz')).toBeUndefined();
  });

  test('makes room by giving up the least recently used that nobody uses', () => {
    const cache = new FetchCache('/cache', 100);
    const [a, b, c] = ['a', 'b', 'c'].map((uri) => reserve(cache, uri, 30).entry);
    for (const entry of [a, b, c]) if (entry !== undefined) cache.release(entry);
    const again = cache.find('me', 'a');
    if (again !== undefined) cache.release(again);
    const { evicted } = reserve(cache, 'd', 40);
    expect(evicted).toEqual([b?.path]);
    expect(cache.find('me', 'b')).toBeUndefined();
    expect(cache.find('me', 'a')).toBe(a);
    expect(cache.usedBytes).toBe(100);
  });

  test('has no room when what is there is in use, and then gives nothing up', () => {
    const cache = new FetchCache('/cache', 100);
    const { entry: used } = reserve(cache, 'used', 60);
    const { entry: idle } = reserve(cache, 'idle', 30);
    cache.release(idle);
    expect(cache.reserve('me', 'big', 50, done)).toBeUndefined();
    expect(cache.find('me', 'idle')).toBe(idle);
    expect(cache.reserve('me', 'huge', 101, done)).toBeUndefined();
    cache.release(used);
    expect(reserve(cache, 'big', 50).evicted).toEqual([used.path]);
  });

  test('what is dropped is gone once, however often that is said', () => {
    const cache = new FetchCache('/cache', 100);
    const { entry } = reserve(cache, 'a', 60);
    cache.drop(entry);
    cache.drop(entry);
    expect(cache.usedBytes).toBe(0);
    expect(cache.find('me', 'a')).toBeUndefined();
  });

  test('no user name and no URI leaves the cache directory', () => {
    const cache = new FetchCache('/cache', 100);
    const reserved = cache.reserve('../me', `http://h/${'x'.repeat(300)}..%2f..`, 1, done);
    expect(reserved?.entry.path).toMatch(/^\/cache\/\.\.%2Fme\/c1-[^/]{1,60}$/);
  });
});
