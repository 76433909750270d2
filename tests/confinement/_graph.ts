/** One thing found on a walk, and the way to it. */
export interface Found {
  readonly path: string;
  readonly value: unknown;
}

/**
 * Everything that code can get at, starting from `root`, without calling a function of ours: own properties with names and
 * symbols, visible or not, what getters answer, prototypes, properties of functions, entries of collections. Prototypes
 * that belong to the language or the runtime are not entered: anybody has those.
 */
export function walk(root: unknown, name: string): Found[] {
  const found: Found[] = [];
  const seen = new Set<unknown>();
  const queue: Found[] = [{ path: name, value: root }];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { path, value } = next;
    if (!isObject(value)) {
      found.push(next);
      continue;
    }
    if (seen.has(value) || isBuiltIn(value)) continue;
    seen.add(value);
    found.push(next);
    for (const key of Reflect.ownKeys(value)) {
      found.push({ path: `${path} has`, value: key });
      queue.push({ path: `${path}.${String(key)}`, value: read(value, key) });
    }
    for (const key of inheritedGetters(value)) {
      queue.push({ path: `${path}.${String(key)}`, value: read(value, key) });
    }
    for (const inner of contents(value)) queue.push({ path: `${path}[…]`, value: inner });
    queue.push({ path: `${path}.[[Prototype]]`, value: Object.getPrototypeOf(value) });
  }
  return found;
}

/** What a collection or a weak reference holds; the runtime keeps some of its own behind symbols. */
function contents(value: object): unknown[] {
  if (value instanceof WeakRef) return [value.deref()];
  if (Array.isArray(value)) return [];
  const iterate = read(value, Symbol.iterator);
  if (typeof iterate !== "function") return [];
  try {
    return [...{ [Symbol.iterator]: () => iterate.call(value) }];
  } catch {
    return [];
  }
}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}

function isBuiltIn(value: object): boolean {
  const maker: unknown = read(value, "constructor");
  if (typeof maker !== "function" || maker.prototype !== value) return false;
  const known: unknown = Reflect.get(globalThis, maker.name);
  return known === maker || Function.prototype.toString.call(maker).includes("[native code]");
}

/** A getter of a built-in prototype, such as `signal.reason`, is not its own but answers with what is. */
function inheritedGetters(value: object): PropertyKey[] {
  const keys: PropertyKey[] = [];
  for (
    let prototype: object | null = Object.getPrototypeOf(value);
    prototype !== null;
    prototype = Object.getPrototypeOf(prototype)
  ) {
    for (const [key, { get }] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      if (get !== undefined) keys.push(key);
    }
    for (const key of Object.getOwnPropertySymbols(prototype)) {
      if (Object.getOwnPropertyDescriptor(prototype, key)?.get !== undefined) keys.push(key);
    }
  }
  return keys;
}

function read(value: object, key: PropertyKey): unknown {
  try {
    return Reflect.get(value, key);
  } catch (error) {
    return error instanceof TypeError ? undefined : error;
  }
}
