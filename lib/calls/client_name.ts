// The name of the client that a change is written under, as other members of a space read it.
import type { Principal } from "../people/principal.ts";

/** Characters of a client's name that are kept. */
const MAX_CLIENT_NAME = 64;
/** The usual name needs no cleaning. */
const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._()/-]{0,63}$/;

/**
 * The client's own name: the one the person read on the consent page, else `told`, by the request since 2026-07-28 or at
 * `initialize` before. Only plain characters are kept.
 */
export function clientName(principal: Principal, told: string | undefined): string {
  const consented = principal.client?.name ?? "";
  const name = consented !== "" ? consented : told ?? "";
  if (PLAIN.test(name)) return name;
  const plain = name.replace(/[^\p{L}\p{N} ._()/-]/gu, "").trim().slice(0, MAX_CLIENT_NAME);
  return plain === "" ? "unknown-client" : plain;
}
