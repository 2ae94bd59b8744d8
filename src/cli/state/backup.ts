// `mctl state backup`.
import { backupChunks } from '../../cluster/backup/index.ts';
import type { StoreEntry } from '../../cluster/store.ts';
import { servicesOfKeys, titleOf } from '../ensemble/services.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../output/terminal.ts';
import { formatBytes } from '../output/units.ts';
import type { View } from '../output/view.ts';
import { Problem } from '../problem.ts';
import { writeBackupFile, writeToStdout } from './backup-file.ts';
import type { StatePlace } from './place.ts';
import { asProblems, otherService } from './problems.ts';

/** Where it goes, and who is told about it. */
export interface BackupOptions {
  /** A path, or `-`. */
  readonly file: string;
  /** Of this mctl. */
  readonly version: string;
  readonly terminal: Terminal;
  readonly progress: (text: string) => void;
}

/** Reads the place and writes the file. Throws Problem. */
export async function backUp(place: StatePlace, options: BackupOptions): Promise<View> {
  const { file, version, terminal, progress } = options;
  const title = titleOf(place.service);
  progress(`Reading the state of the ${title} at ${place.where}`);
  const entries = await asProblems(`The state at ${place.where} cannot be read.`, async () =>
    (await place.open()).read(''),
  );
  refuseNothing(place, entries);
  const chunks = new CountedChunks(backupChunks({ kind: place.service, mctl: version }, entries), (bytes) =>
    progress(`Writing ${entries.length} entries, ${formatBytes(bytes)} so far`),
  );
  if (file === '-') await writeToStdout(terminal, chunks);
  else await writeBackupFile(file, chunks);
  return view(place, options, entries, chunks);
}

/** A mistyped path holds nothing or somebody else's, and a backup of that would be found out when it is needed. */
function refuseNothing({ service, where }: StatePlace, entries: readonly StoreEntry[]): void {
  const what = `There is no state of a ${titleOf(service)} at ${where}.`;
  if (entries.length === 0) {
    throw new Problem(EXIT.notFound, { what, why: 'Nothing was ever kept there.', next: 'Check the address.' });
  }
  const found = servicesOfKeys(entries.map(({ key }) => key));
  if (found.length > 0 && !found.includes(service)) {
    throw otherService(what, `A ${titleOf(service)} was asked for`, found);
  }
}

function view(place: StatePlace, { file }: BackupOptions, entries: readonly StoreEntry[], chunks: CountedChunks): View {
  const { bytes, sha256 } = chunks;
  return {
    data: { service: place.service, from: place.where, file, entries: entries.length, bytes, sha256 },
    names: [file],
    body: {
      kind: 'details',
      items: [
        ['Service', place.service],
        ['From', place.where],
        ['File', file],
        ['Entries', String(entries.length)],
        ['Size', formatBytes(bytes)],
        ['SHA-256', sha256],
      ],
    },
  };
}

/** Between two words about what is under way. */
const PROGRESS_BYTES = 32 * 1024 * 1024;

/** Counts what passes, and keeps the checksum that comes at the end. */
class CountedChunks implements Iterable<Uint8Array> {
  readonly #chunks: Generator<Uint8Array, string>;
  readonly #progress: (bytes: number) => void;
  bytes = 0;
  sha256 = '';

  constructor(chunks: Generator<Uint8Array, string>, progress: (bytes: number) => void) {
    this.#chunks = chunks;
    this.#progress = progress;
  }

  *[Symbol.iterator](): Iterator<Uint8Array> {
    for (let next = this.#chunks.next(); ; next = this.#chunks.next()) {
      if (next.done) {
        this.sha256 = next.value;
        return;
      }
      const before = this.bytes;
      this.bytes += next.value.length;
      if (Math.floor(before / PROGRESS_BYTES) !== Math.floor(this.bytes / PROGRESS_BYTES)) this.#progress(this.bytes);
      yield next.value;
    }
  }
}
