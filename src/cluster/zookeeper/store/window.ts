// Many questions at once, but not all: what waits for an answer is kept in memory on both sides.

/** Questions under way at a time; far more than a round trip's worth. */
const WIDTH = 1_000;

/** Answers in the order of the items. Rejects with the first failure; what has not been asked by then is not. */
export async function inWindow<T, R>(items: readonly T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers = new Array<R>(items.length);
  const pending = items.entries();
  let hasFailed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of pending) {
      try {
        answers[index] = await ask(item);
      } catch (error) {
        hasFailed = true;
        throw error;
      }
      if (hasFailed) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(WIDTH, items.length) }, worker));
  return answers;
}
