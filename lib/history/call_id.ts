// What names a call on a page. The id of a proved call is the call's own. A change that proves nothing could say the id of another
// call, so the name of an unproved one is of another form, and is made of all that the change says of itself. Pure.

import type { Writer } from "../authorship/change_verifier.ts";

/** The name of the call that a change belongs to, made by `writer` at `at` (ms) in the space. */
export function callIdOf(writer: Exclude<Writer, { kind: "person" }>, at: number, space: string): string {
  if (writer.kind !== "unverified") return writer.callId;
  const { name, tool, callId } = writer;
  const when = callId ?? Math.floor(at / MINUTE_MS);
  const text = new TextEncoder().encode(JSON.stringify([name, tool, when, space]));
  return `${UNPROVED}${text.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

/** The longest name of a call. */
export const MAX_CALL_ID_CHARS = 2_048;
/** How the names of unproved calls begin: no digit of a call's own id. */
const UNPROVED = "~";
/** Changes of earlier versions, which name no call, belong together where the same tool wrote them in the same minute. */
const MINUTE_MS = 60_000;
