// One page of a listing while it is filled: how many rows it takes, by number and by size, and where the next page begins.
// The bounds keep a result below what clients cut off or write into a file (kit/limits.ts).

import { MAX_ROWS_BYTES, MAX_ROWS_TOKENS } from "../kit/limits.ts";
import { principalKey } from "../people/principal.ts";
import type { CallScope } from "../spaces/call_scope.ts";
import type { CursorBinding, PageCursors } from "./page_cursor.ts";
import type { RowSize } from "./row.ts";
import type { Position } from "./sort_order.ts";

/**
 * Which part of a listing is asked for. Meant to be the whole input of the tool: everything else in it decides what is
 * listed, so a cursor is good for the same values only.
 */
export interface PageRequest {
  /** At most this many rows. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  readonly [argument: string]: unknown;
}

/** One page while it is filled. A class, since one is made per listing. */
export class ResultPage {
  readonly limit: number;
  /** The place after which the page begins; null for the first page. */
  readonly after: Position | null;
  /** Whether a row was turned away. */
  isFull = false;
  readonly #cursors: PageCursors;
  readonly #scope: CallScope;
  readonly #table: { readonly app: string; readonly name: string };
  readonly #request: PageRequest | undefined;
  #last: Position | null = null;
  #rows = 0;
  #bytes = 0;
  #tokens = 0;

  /** Begins where `request.cursor` says. Throws Refused `cursor-invalid`. */
  constructor(
    cursors: PageCursors,
    scope: CallScope,
    table: { readonly app: string; readonly name: string },
    request: PageRequest | undefined,
  ) {
    this.#cursors = cursors;
    this.#scope = scope;
    this.#table = table;
    this.#request = request;
    this.limit = Math.max(0, request?.limit ?? Infinity);
    const cursor = request?.cursor;
    // Some clients send an empty text for an argument that is left out.
    this.after = cursor === undefined || cursor === "" ? null : cursors.open(this.#binding(), cursor);
  }

  /** Counts a row in. False: the page is full by number or by size, and nothing may follow. */
  take(position: Position, size: RowSize): boolean {
    const isTooLarge = this.#bytes + size.bytes > MAX_ROWS_BYTES ||
      this.#tokens + size.tokens > MAX_ROWS_TOKENS;
    // The first row is given whatever its size, or a listing could never get past it.
    if (this.isFull || this.#rows >= this.limit || (this.#rows > 0 && isTooLarge)) {
      this.isFull = true;
      return false;
    }
    this.#rows += 1;
    this.#bytes += size.bytes;
    this.#tokens += size.tokens;
    this.#last = position;
    return true;
  }

  /** How the page ends. `hasRest`: there are more rows, which were not offered to the page. */
  end(hasRest: boolean): { readonly hasMore: boolean; readonly nextCursor?: string } {
    const hasMore = this.isFull || hasRest;
    if (!hasMore || this.#last === null || this.#request === undefined) return { hasMore };
    return { hasMore, nextCursor: this.#cursors.make(this.#binding(), this.#last) };
  }

  #binding(): CursorBinding {
    const { actor, caller, space } = this.#scope;
    return {
      person: principalKey(caller.principal),
      tool: actor.tool,
      space: space.id,
      table: `${this.#table.app}/${this.#table.name}`,
      document: caller.principal.client?.recordsDocument,
      args: this.#request ?? {},
    };
  }
}
