// What a change says of its own writer, before anybody has looked whether that is true: the forms of an actor that the gateway
// writes, and how they are read again. Contract: sync section 9.
import type { Change } from "../changes/change.ts";
import type { PushActor } from "../changes/sync_messages.ts";
import { shownText } from "../kit/shown_text.ts";
import type { CallActor } from "../spaces/call_scope.ts";
import type { SignedActor } from "./signed_text.ts";

/** What stands in front of an app's pseudonym. */
export const APP_PRINCIPAL = "mana-mcp:app";
/** The person's own token. */
export const OWN_PRINCIPAL = "mana-mcp:own";
/** An undo, whoever made it. */
export const UNDO_PRINCIPAL = "mana-mcp:undo";

/** What a change says of its writer, where it says that an app, the person's own token or an undo made it. Not yet believed. */
export interface Claim {
  /** As the change says, made short and safe to show. */
  readonly name: string;
  /** Null where the change names no tool, or none that could be a tool's name. */
  readonly tool: string | null;
  /** Null where the change names no call. Whoever writes a row chooses it, so it groups changes and says nothing more. */
  readonly callId: string | null;
  /** What is to be verified; null where nothing is signed. */
  readonly signed: SignedClaim | null;
}

/** A claim with a signature. */
export interface SignedClaim extends SignedActor {
  /** 32 hex digits. */
  readonly mac: string;
}

/** A call's id alone: 32 hex digits. */
export function isCallId(text: string): boolean {
  return CALL_ID.test(text);
}

/**
 * Reads what a change says of its writer. Null where the change says nothing, or that a person or a service of their own made it:
 * everybody's other devices write so, and no app comes to a right by it.
 */
export function claimOf({ actor, origin }: Pick<Change, "actor" | "origin">): Claim | null {
  const { kind = null, principalId = null, displayName, rationale, iterationId } = actor ?? {};
  const isOfGateway = typeof principalId === "string" && OF_GATEWAY.test(principalId);
  const isByPerson = kind === null || kind === "user" ? origin !== "agent" : kind === "system";
  if (isByPerson && !isOfGateway) return null;
  const name = typeof displayName === "string"
    ? shownText(displayName.slice(0, MAX_READ_CHARS), MAX_NAME_CHARS)
    : "";
  const [, callId = null, mac = null, mark] = typeof iterationId === "string"
    ? ITERATION.exec(iterationId) ?? []
    : [];
  const hasSignature = mac !== null && callId !== null && typeof principalId === "string" &&
    typeof displayName === "string" && typeof rationale === "string" && (kind === "ai" || kind === "user");
  return {
    name,
    tool: typeof rationale === "string" && principalId !== UNDO_PRINCIPAL && TOOL.test(rationale)
      ? rationale
      : null,
    callId,
    signed: hasSignature
      ? { kind, principalId, displayName, rationale, callId, isRelaying: mark !== undefined, mac }
      : null,
  };
}

/** The actor of a call's changes, but for the signature. `app` is the app's pseudonym, null where there is no key to make it with. */
export function actorOf(
  actor: CallActor,
  isApp: boolean,
  app: string | null,
): Omit<PushActor, "iterationId"> {
  const { by = "app", tool, rationale } = actor;
  if (by !== "app") {
    if (rationale === undefined) throw new TypeError("An undo is signed with its plan");
    return {
      kind: by === "person" ? "user" : "ai",
      principalId: UNDO_PRINCIPAL,
      displayName: "Undo",
      rationale,
    };
  }
  const name = nameOf(actor.clientName);
  return {
    kind: "ai",
    principalId: isApp ? (app === null ? APP_PRINCIPAL : `${APP_PRINCIPAL}:${app}`) : OWN_PRINCIPAL,
    // A person's own token names itself as it likes: the name must not pass for that of an app which the person connected.
    displayName: isApp ? name : `own token (${name})`,
    rationale: tool,
  };
}

/** The client's word in the name of an own token. */
export function wordOfOwn(displayName: string): string {
  return /^own token \((.*)\)$/s.exec(displayName)?.[1] ?? "";
}

/** Longest name of a client in the history of a record. */
const MAX_NAME_CHARS = 64;
/** So much of a planted name is looked at. */
const MAX_READ_CHARS = 512;
/** Also the names that clients gave themselves before changes were signed. */
const OF_GATEWAY = /^(?:mana-mcp|mcp):/;
const CALL_ID = /^[0-9a-f]{32}$/;
/** The call, its signature, and the mark of an app that had been handed texts of others (changes/folded/agents.ts). */
const ITERATION = /^([0-9a-f]{32})(?:\.([0-9a-f]{32}))?(\.others)?$/;
const TOOL = /^[a-z][a-z0-9_.]{0,63}$/i;

function nameOf(clientName: string): string {
  const name = clientName.toWellFormed().replace(/\p{Cc}/gu, "").slice(0, MAX_NAME_CHARS).toWellFormed();
  return name.trim() === "" ? "unknown" : name;
}
