// Where things are below the path of a store:
//   fence, commits                    who may write, and what was written last (head.ts)
//   entries/<segment>/<bucket>/<leaf> one node an entry, its data is the value (key-names.ts)
//   journal/<writer>-<number>-<piece> changes of a commit that is too large for one request (journal.ts)
import { bucketOf, type KeyName, keyOf, nameOf } from './key-names.ts';

/** Paths of a store's nodes. */
export class StoreLayout {
  readonly root: string;
  readonly fence: string;
  readonly commits: string;
  readonly entries: string;
  readonly journal: string;

  /** `root` is absolute and ends without a slash. */
  constructor(root: string) {
    this.root = root;
    this.fence = `${root}/fence`;
    this.commits = `${root}/commits`;
    this.entries = `${root}/entries`;
    this.journal = `${root}/journal`;
  }

  /** Node of an entry, and of the two levels above it. */
  node(key: string): { readonly path: string; readonly bucket: string; readonly segment: string } {
    const name = nameOf(key);
    const segment = `${this.entries}/${name.segment}`;
    const bucket = `${segment}/${bucketOf(name.leaf)}`;
    return { path: `${bucket}/${name.leaf}`, bucket, segment };
  }

  key(name: KeyName): string {
    return keyOf(name);
  }

  /** Of an entry's node; undefined for any other. */
  keyOf(path: string): string | undefined {
    if (!path.startsWith(`${this.entries}/`)) return undefined;
    const [segment, bucket, leaf] = path.slice(this.entries.length + 1).split('/');
    if (segment === undefined || bucket === undefined || leaf === undefined) return undefined;
    return keyOf({ segment, leaf });
  }

  piece(id: string, index: number): string {
    return `${this.journal}/${id}-${index}`;
  }
}
