// Who wrote a change, as far as it can be proved. Every member of a shared space can push a change that names any actor, and the
// sync service checks none of it (sync contract section 6): what is not signed with the person's key is believed of nobody.
import { timingSafeEqual } from "node:crypto";
import type { Change } from "../changes/change.ts";
import {
  APP_PRINCIPAL,
  claimOf,
  OWN_PRINCIPAL,
  type SignedClaim,
  UNDO_PRINCIPAL,
  wordOfOwn,
} from "./claim.ts";
import { contentOfPull, signedText } from "./signed_text.ts";

/** Tells who wrote changes that one person can read. */
export interface ChangeVerifier {
  /** Who wrote a change of a table. */
  writerOf(app: string, table: string, change: Change): Writer;
}

/** Who wrote a change. Everything but `person` and `unverified` is proved by a signature of the person's own key. */
export type Writer =
  /** A connected app; `name` is what it was called then. */
  | {
    readonly kind: "app";
    readonly pseudonym: string;
    readonly callId: string;
    readonly tool: string;
    readonly name: string;
  }
  /** The person's own token; `name` is what its client called itself. */
  | { readonly kind: "own"; readonly callId: string; readonly tool: string; readonly name: string }
  | { readonly kind: "undo"; readonly callId: string; readonly plan: string }
  /** A person's device, this person's or a co-member's, or a service of theirs. */
  | { readonly kind: "person" }
  /**
   * Says that an app made it, which nothing proves: planted, of a co-member's app, older than signatures, of a person whose key no
   * server has, or signed with a key that was replaced since. All members are the change's own words.
   */
  | {
    readonly kind: "unverified";
    readonly name: string;
    readonly tool: string | null;
    readonly callId: string | null;
  };

/** Creates the verifier of one person. Without a key no signature holds. */
export function createChangeVerifier(
  subject: string,
  sign: ((text: string) => string) | null,
): ChangeVerifier {
  return Object.freeze({
    writerOf(app: string, table: string, change: Change): Writer {
      const claim = claimOf(change);
      if (claim === null) return PERSON;
      const { name, tool, callId, signed } = claim;
      if (signed !== null && sign !== null) {
        const text = signedText({ subject, app, table }, signed, contentOfPull(change));
        const proved = isSame(sign(text), signed.mac) ? writerIn(signed) : null;
        if (proved !== null) return proved;
      }
      return { kind: "unverified", name, tool, callId };
    },
  });
}

const UTF8 = new TextEncoder();

/** Of two texts of one length. A comparison that ends early would tell who plants rows how much of a signature is right. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(UTF8.encode(a), UTF8.encode(b));
}

const PERSON: Writer = Object.freeze({ kind: "person" });

/** The writer that a signed change names; null for an actor that the gateway does not write. */
function writerIn({ kind, principalId, displayName, rationale, callId }: SignedClaim): Writer | null {
  if (principalId === UNDO_PRINCIPAL) return { kind: "undo", callId, plan: rationale };
  if (kind !== "ai") return null;
  if (principalId === OWN_PRINCIPAL) {
    return { kind: "own", callId, tool: rationale, name: wordOfOwn(displayName) };
  }
  const pseudonym = principalId.startsWith(`${APP_PRINCIPAL}:`)
    ? principalId.slice(APP_PRINCIPAL.length + 1)
    : "";
  return pseudonym === "" ? null : { kind: "app", pseudonym, callId, tool: rationale, name: displayName };
}
