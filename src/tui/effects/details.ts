// Keeps what pages have loaded, and loads it again while somebody looks. The last few pages are remembered.
import type { Detail, Details } from '../screens/details.ts';
import type { ScreenName } from '../ui/state.ts';
import { type Outside, wordsOf } from './outside.ts';
import { loaderFor, type PageLoader } from './pages.ts';
import { SeenTasks } from './sandbox.ts';

const MAX_PAGES = 20;
/** Another try after something went wrong. */
const RETRY_MS = 3000;

interface Entry {
  detail: Detail;
  readonly loader: PageLoader;
  isLoading: boolean;
  /** Monotonic. */
  dueMs: number;
}

export class LoadedDetails implements Details {
  readonly #outside: Outside;
  readonly #seen: SeenTasks;
  /** Oldest first. */
  readonly #entries = new Map<string, Entry>();
  #version = 0;

  constructor(outside: Outside) {
    this.#outside = outside;
    this.#seen = new SeenTasks(outside.view);
  }

  get version(): number {
    return this.#version;
  }

  of(screen: string, subject: string): Detail | undefined {
    return this.#entries.get(`${screen} ${subject}`)?.detail;
  }

  /** Asks when nobody has asked yet, or when it is time to ask again. Resolves when the answer is there; never rejects. */
  async load(screen: ScreenName, subject: string): Promise<void> {
    const key = `${screen} ${subject}`;
    const { clock } = this.#outside;
    let entry = this.#entries.get(key);
    if (entry === undefined) {
      const loader = loaderFor(this.#outside, this.#seen, screen, subject);
      if (loader === undefined) return;
      entry = { detail: { state: 'loading' }, loader, isLoading: false, dueMs: 0 };
      this.#remember(key, entry);
    }
    if (entry.isLoading || clock.monotonicMs() < entry.dueMs) return;
    entry.isLoading = true;
    try {
      const page = await entry.loader.load();
      if (page !== undefined || entry.detail.state !== 'there') {
        entry.detail = { state: 'there', facts: [], sections: [], ...page };
        this.#version += 1;
      }
      entry.dueMs = clock.monotonicMs() + entry.loader.everyMs;
    } catch (error) {
      entry.detail = { state: 'failed', why: wordsOf(error) };
      entry.dueMs = clock.monotonicMs() + RETRY_MS;
      this.#version += 1;
    } finally {
      entry.isLoading = false;
    }
  }

  #remember(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#version += 1;
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > MAX_PAGES && oldest !== undefined) this.#entries.delete(oldest);
  }
}
