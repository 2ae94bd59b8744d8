// What is made of an object that never changes is made once, and kept on the object itself: in a private field that only its
// own function sees, that no copy takes along, and that goes when the object goes. A WeakMap would say the same, but the
// collector looks at each of its entries again in every pause: with some for each of 100,000 tasks, that was most of them.

/** `make`, called once for each object. */
export function remembering<K extends object, V>(make: (key: K) => V): (key: K) => V {
  class Kept extends Given {
    readonly #value: V;

    constructor(key: K) {
      const value = make(key);
      super(key);
      this.#value = value;
    }

    static value(key: K): V {
      if (!(#value in key)) new Kept(key);
      return (key as unknown as Kept).#value;
    }
  }
  return Kept.value;
}

/** Its "new" objects are those that it is given: fields of a class beneath it are put on them. */
class Given {
  constructor(key: object) {
    // biome-ignore lint/correctness/noConstructorReturn: it is what the class is for
    return key;
  }
}
