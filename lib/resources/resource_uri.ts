// Addresses of records as MCP resources: `mana://spaces/{space}/{module}/{id}`. Only their form: who may read stands elsewhere.
/** What an address of ours names: the records of a module in a space, or one of them. */
export interface ResourceAddress {
  readonly space: string;
  readonly module: string;
  /** Null for the collection. */
  readonly id: string | null;
}

/** Templates of both kinds of address (RFC 6570, level 1: every value is percent-encoded). */
export const COLLECTION_TEMPLATE = "mana://spaces/{space}/{module}";
/** See {@link COLLECTION_TEMPLATE}. */
export const RECORD_TEMPLATE = "mana://spaces/{space}/{module}/{id}";

/** The longest id of a record, percent-encoded at up to nine characters each, and the rest. */
const MAX_URI_CHARS = 4_096;
const ADDRESS = /^mana:\/\/spaces\/([^/?#]+)\/([^/?#]+)(?:\/([^/?#]+))?$/;
/** As the header that chooses a space. */
const SPACE_ID = /^[\x21-\x7e]{1,256}$/;
const MAX_ID_CHARS = 256;

/** Reads an address, however its values are percent-encoded; null for anything that is none of ours. */
export function parseResourceUri(uri: string): ResourceAddress | null {
  if (uri.length > MAX_URI_CHARS) return null;
  const [, space, module, id] = ADDRESS.exec(uri) ?? [];
  if (space === undefined || module === undefined) return null;
  try {
    const address = {
      space: decodeURIComponent(space),
      module: decodeURIComponent(module),
      id: id === undefined ? null : decodeURIComponent(id),
    };
    return SPACE_ID.test(address.space) && (address.id?.length ?? 0) <= MAX_ID_CHARS ? address : null;
  } catch {
    return null;
  }
}

/** The address of a collection. `space` is an id of visible ASCII, `module` a word. */
export function collectionUri(space: string, module: string): string {
  return `mana://spaces/${encodeURIComponent(space)}/${module}`;
}
