// Cursors: where a listing stopped, signed for one person, tool, space, table and input. The gateway keeps nothing per
// listing; a cursor holds only what its receiver has seen, never a sealed field.

import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { Refused } from "../kit/errors.ts";
import { MAX_CURSOR_CHARS } from "../kit/limits.ts";
import type { PurposeKey, PurposeKeys } from "../nodes/node_keys.ts";
import type { Position } from "./sort_order.ts";

/**
 * A cursor is an HMAC-SHA-256 and the place of the last row that was given. Without the MAC a caller could name a place of
 * their own. That would show nothing they may not list, but make a wrong page out of a misunderstanding.
 *
 * @param keys of the node: a cursor is good at each node that has the key, and no longer than some node has it
 */
export function createPageCursors(keys: PurposeKeys): PageCursors {
  // Each call of WebCrypto is a trip to another thread: a page would wait longer for the cursor than for all the rest.
  const macOf = ({ bytes }: PurposeKey, binding: CursorBinding, body: Uint8Array): Uint8Array =>
    createHmac("sha256", bytes).update(signed(binding, body)).digest();

  return Object.freeze({
    make(binding: CursorBinding, { values, id }: Position): string {
      const body = utf8(JSON.stringify([values, id]));
      const whole = new Uint8Array(MAC_BYTES + body.length);
      whole.set(macOf(keys[0], binding, body));
      whole.set(body, MAC_BYTES);
      return whole.toBase64({ alphabet: "base64url", omitPadding: true });
    },

    open(binding: CursorBinding, cursor: string): Position {
      const bytes = decode(cursor);
      if (bytes === null) throw invalid();
      const body = bytes.subarray(MAC_BYTES);
      // In constant time: compared byte by byte, a forger could find a MAC by how long its refusal takes.
      const mac = bytes.subarray(0, MAC_BYTES);
      if (!keys.some((key) => timingSafeEqual(mac, macOf(key, binding, body)))) throw invalid();
      const [values, id] = Body.parse(JSON.parse(new TextDecoder().decode(body)));
      return { values, id };
    },
  });
}

/** The listing that a cursor goes on with; it is good for no other. */
export interface CursorBinding {
  /** `principalKey` of who lists. */
  readonly person: string;
  readonly tool: string;
  /** Id of the active space. */
  readonly space: string;
  /** `app/table`. */
  readonly table: string;
  /** The document of the caller's grant; absent where scopes alone rule. */
  readonly document?: string | undefined;
  /** The arguments of the call; `limit` and `cursor` do not count. */
  readonly args: Readonly<Record<string, unknown>>;
}

/** Makes and reads cursors. */
export interface PageCursors {
  make(binding: CursorBinding, position: Position): string;
  /** Throws Refused `cursor-invalid` for all but a cursor that a node with one of these keys made for this very listing. */
  open(binding: CursorBinding, cursor: string): Position;
}

const MAC_BYTES = 32;
/** base64url without padding. */
const FORM = /^[A-Za-z0-9_-]+$/;
/** Says what the MAC is of, so that a MAC made for something else cannot stand in for it. */
const LABEL = "mana-mcp cursor\0";

const Body = z.tuple([z.array(z.union([z.string(), z.number()])), z.string()]);

function invalid(): Refused {
  return new Refused({ reason: "cursor-invalid" });
}

function decode(cursor: string): Uint8Array | null {
  if (cursor.length > MAX_CURSOR_CHARS || !FORM.test(cursor)) return null;
  try {
    const padded = cursor + "=".repeat((4 - cursor.length % 4) % 4);
    const bytes = Uint8Array.fromBase64(padded, { alphabet: "base64url", lastChunkHandling: "strict" });
    return bytes.length > MAC_BYTES ? bytes : null;
  } catch {
    return null;
  }
}

/** What is signed. JSON has no NUL of its own, so the parts cannot run into each other. */
function signed(binding: CursorBinding, body: Uint8Array): Uint8Array {
  const { person, tool, space, table, document } = binding;
  const args = Object.entries(binding.args)
    .filter(([name, value]) => name !== "cursor" && name !== "limit" && value !== undefined)
    .sort(([a], [b]) => a < b ? -1 : 1);
  const head = utf8(`${LABEL}${JSON.stringify([person, tool, space, table, args, document])}\0`);
  const whole = new Uint8Array(head.length + body.length);
  whole.set(head);
  whole.set(body, head.length);
  return whole;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
