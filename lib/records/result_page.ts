import { principalKey } from "../people/principal.ts";
import { MAX_ROWS_BYTES, MAX_ROWS_TOKENS } from "../kit/limits.ts";
import type { RowSize } from "./row.ts";
import type { CursorBinding, Cursors } from "./page_cursor.ts";
import type { Position } from "./sort_order.ts";
import type { CallScope } from "../spaces/call_scope.ts";

/**
 * Which part of a listing. Meant to be the whole input of the tool: whatever else is in it decides what is listed, so a
 * cursor is good for the same values only.
 */
export interface PageRequest {
  /** At most this many rows. */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
  readonly [argument: string]: unknown;
}

/** One page while it is filled. */
export interface Page {
  readonly limit: number;
  /** The place after which it begins; null for the first page. */
  readonly after: Position | null;
  /** Counts a row in, unless the page is full by number or by size: then nothing may follow. */
  take(position: Position, size: RowSize): boolean;
  /** Whether a row was turned away. */
  isFull(): boolean;
  /** How the page ends; `hasRest` when there is more that nobody offered. */
  end(hasRest: boolean): { readonly hasMore: boolean; readonly nextCursor?: string };
}

/** Opens a page of a listing. Throws Refused `cursor-invalid`. */
export function openPage(
  deps: { readonly cursors: Cursors; readonly scope: CallScope },
  table: { readonly app: string; readonly name: string },
  request: PageRequest | undefined,
): Page {
  const { caller, space, actor } = deps.scope;
  const binding: CursorBinding = {
    person: principalKey(caller.principal),
    tool: actor.tool,
    space: space.id,
    table: `${table.app}/${table.name}`,
    args: request ?? {},
  };
  const limit = Math.max(0, request?.limit ?? Infinity);
  const cursor = request?.cursor;
  // Some clients send an empty text for what is left out.
  const after = cursor === undefined || cursor === "" ? null : deps.cursors.open(binding, cursor);
  let last: Position | null = null;
  let rows = 0;
  let bytes = 0;
  let tokens = 0;
  let isFull = false;
  return {
    limit,
    after,
    take(position, size) {
      const isTooLarge = bytes + size.bytes > MAX_ROWS_BYTES || tokens + size.tokens > MAX_ROWS_TOKENS;
      // The first row is given whatever its size, or a listing could never get past it.
      if (isFull || rows >= limit || (rows > 0 && isTooLarge)) {
        isFull = true;
        return false;
      }
      rows += 1;
      bytes += size.bytes;
      tokens += size.tokens;
      last = position;
      return true;
    },
    isFull: () => isFull,
    end(hasRest) {
      const hasMore = isFull || hasRest;
      if (!hasMore || last === null || request === undefined) return { hasMore };
      return { hasMore, nextCursor: deps.cursors.make(binding, last) };
    },
  };
}
