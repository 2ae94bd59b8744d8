// Watches, question by question: what a subscriber is told when the node changes between two of them.
import { expect, test } from 'vitest';
import { NO_NODE } from '../../../../src/cluster/zookeeper/client/error-codes.ts';
import { Watches } from '../../../../src/cluster/zookeeper/client/watches.ts';
import type { Reply } from '../../../../src/cluster/zookeeper/client/wire.ts';

/** Questions that wait for their answer, in their order. */
function scripted() {
  const asked: { readonly what: string; readonly reply: Reply }[] = [];
  const watches = new Watches((question, reply) => void asked.push({ what: question.what, reply }));
  const answer = (code: number): string => {
    const next = asked.shift();
    next?.reply(code, Buffer.alloc(0));
    return next?.what ?? 'nothing was asked';
  };
  return { watches, answer };
}

test('children of a node that was made between the question for them and the watch on its making are told of', async () => {
  const { watches, answer } = scripted();
  const told: string[] = [];
  watches.add('children', '/mesos', () => told.push('children'));
  expect(answer(NO_NODE)).toBe('list /mesos');
  // Somebody makes it now: the look that was to watch for that finds it there.
  expect(answer(0)).toBe('look at /mesos');
  await Promise.resolve();
  expect(told).toEqual(['children']);
  expect(answer(0)).toBe('list /mesos');
  expect(watches.paths()).toEqual({ data: [], exist: [], child: ['/mesos'] });
});
