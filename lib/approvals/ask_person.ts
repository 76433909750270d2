// What a call does that has to wait for the person: it finds what came of the same call before, or stores what it would change and
// gets the link under which the person decides. Works with the token of the app: the app can ask, and look at its own questions, and
// decide nothing.
import type { ChangedRow } from "../changes/push_changes.ts";
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";
import { APPROVAL_MS, MAX_ASK_CHARS } from "../kit/limits.ts";
import type { ChangeReader } from "../changes/refresh_state.ts";
import type { KeptTexts, MayTell } from "../disclosure/kept_texts.ts";
import type { RecordGrants } from "../grants/record_grants.ts";
import type { RecordStore } from "../records/record_store.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { OwnRecords } from "../own_records/own_records.ts";
import { type Caller, type Principal, principalKey } from "../people/principal.ts";
import type { ApprovalAnswer } from "../tool/general/approvals_tool.ts";
import type { Turns } from "../records/together/turns.ts";
import { type Ask, callHash } from "./ask.ts";
import { answerOf, type Asked, askedBefore, mayTellOutput, type Waiting, waitingOf } from "./asked.ts";
import { readTargets } from "./targets.ts";
import { demandRoom } from "./demand_room.ts";
import { readStandings } from "./read_standings.ts";
import { readStanding, type Standing } from "./standing.ts";

/** One call that has to wait for the person. */
export interface AskingCall {
  readonly caller: Caller;
  /** Canonical name. */
  readonly tool: string;
  readonly args: unknown;
  /** The space in which the call works. */
  readonly space: ActiveSpace;
  /** With what its records are read. */
  readonly reader: ChangeReader;
  readonly clientName: string;
  readonly callId: string;
  /** Whether the app had been handed texts of others. */
  readonly isRelaying: boolean;
  /** Asked before an outcome of before is told, which is told without its texts where they may not be. */
  readonly mayTell: MayTell;
  readonly signal: AbortSignal;
  /**
   * What the call would change, in words and exactly. Called where the call is a new one. The changes are stored later with the
   * person's own token.
   */
  prepare(): Promise<Prepared>;
}

/** What a call would do. */
export interface Prepared {
  /** The question in words. */
  readonly sentence: string;
  readonly rows: readonly ChangedRow[];
  /** What the tool answers once it is done. */
  readonly output: Record<string, unknown>;
  /** What the call was handed until now. */
  readonly handed: readonly KeptTexts[];
}

/** The app's side of the approvals. Every method but `page` throws what the own records throw. */
export interface AskPerson {
  /** Where this caller's questions are decided; null where there is no such page, or none for this caller. */
  page(principal: Principal): Promise<string | null>;
  /**
   * Asks the person, once: the same call again gets the same link, and as soon as the person has decided, what came of it. After
   * that the same call is a new one. Throws Refused `policy-denied` where too much waits already.
   */
  ask(page: string, call: AskingCall): Promise<Asked>;
  /** Notes how the person has answered in the client's own form. */
  close(caller: Caller, id: string, answer: "done" | "no", signal: AbortSignal): Promise<void>;
  /** What a question of this very connection has come to; null where there is none. It counts as told. */
  get(caller: Caller, id: string, mayTell: MayTell, signal: AbortSignal): Promise<ApprovalAnswer | null>;
}

/** Dependencies of {@link createAskPerson}. */
export interface AskPersonDeps {
  readonly own: OwnRecords;
  readonly store: Pick<RecordStore, "changes">;
  readonly clock: Clock;
  readonly metrics: Pick<Metrics, "approval">;
  readonly turns: Turns;
  /** What grants let through. */
  readonly grants: Pick<RecordGrants, "of">;
  /** 32 random hex digits. */
  readonly newId: () => string;
  /** The page of the sign-in server; null where it has none. */
  readonly pageAddress: () => Promise<string | null>;
}

/** Creates it. */
export function createAskPerson(deps: AskPersonDeps): AskPerson {
  return Object.freeze({
    async page({ client }: Principal) {
      // Without the name of the grant, nobody could tell later whether the app may still do it.
      return client?.grantId === "" ? null : await deps.pageAddress();
    },
    ask: (page: string, call: AskingCall) =>
      // One after the other for each person, so that the bounds are exact and no call is asked about twice.
      deps.turns.take(
        principalKey(call.caller.principal),
        call.signal,
        () => askInTurn(deps, page, call),
      ),
    async close(caller: Caller, id: string, answer: "done" | "no", signal: AbortSignal) {
      const standing = await findOwn(deps, caller, id, signal);
      if (standing === null || standing.no !== null || standing.done !== null) return;
      const at = deps.clock.calendar();
      const { askHash: ask } = standing;
      const fields = answer === "no"
        ? { no: JSON.stringify({ ask, at }) }
        : { outcome: JSON.stringify({ ask, status: "done", at }) };
      const told = String(at);
      const row = { table: "approvals", id, isNew: false, at, fields: { ...fields, told } } as const;
      await deps.own.write(caller, row, signal);
      deps.metrics.approval(answer === "no" ? "no" : "yes");
    },
    async get(caller: Caller, id: string, mayTell: MayTell, signal: AbortSignal) {
      const standing = await findOwn(deps, caller, id, signal);
      if (standing === null) return null;
      const page = await deps.pageAddress();
      const shows = shownTo(deps, caller);
      const answer = answerOf(standing, { page, now: deps.clock.calendar(), shows });
      if (answer.status === "done" || answer.status === "declined") {
        await tell(deps, caller, standing, signal);
      }
      const isUntold = answer.result !== undefined && !await mayTellOutput(standing.ask, mayTell);
      return isUntold ? { status: answer.status } : answer;
    },
  });
}

async function askInTurn(deps: AskPersonDeps, page: string, call: AskingCall): Promise<Asked> {
  const { caller, tool, args, space, signal } = call;
  const hash = await callHash(tool, args, space.id);
  const mine = await readMine(deps, caller, signal);
  const now = deps.clock.calendar();
  const shows = shownTo(deps, caller);
  const earlier = mine.filter(({ ask }) => ask.call === hash && ask.grantId === grantOf(caller))
    .sort((one, other) => other.ask.made - one.ask.made)
    .map((standing) => ({ standing, asked: askedBefore(standing, { page, now, shows }) }))
    .find(({ asked }) => asked !== null);
  if (earlier?.asked) {
    const { standing, asked } = earlier;
    if (asked.kind !== "waits" && asked.kind !== "unknown") await tell(deps, caller, standing, signal);
    const isUntold = asked.kind === "done" && !await mayTellOutput(standing.ask, call.mayTell);
    return isUntold ? { kind: "done-untold" } : asked;
  }
  demandRoom(mine, now);
  const prepared = await call.prepare();
  if (prepared.rows.length === 0) return { kind: "nothing", output: prepared.output };
  return { kind: "waits", waiting: await keep(deps, page, { ...call, hash, shows }, prepared) };
}

async function keep(
  { own, store, clock, newId, metrics }: AskPersonDeps,
  page: string,
  { caller, tool, space, reader, clientName, callId, isRelaying, signal, hash, shows }: AskingCall & {
    readonly hash: string;
    readonly shows: string;
  },
  { sentence, rows, output, handed }: Prepared,
): Promise<Waiting> {
  const targets = await readTargets(store.changes, reader, space, rows);
  const at = clock.calendar();
  const ask: Ask = {
    v: 1,
    tool,
    call: hash,
    space: space.id,
    grantId: grantOf(caller),
    appKey: appOf(caller),
    clientName,
    callId,
    isRelaying,
    shownBy: shows,
    sentence,
    changes: rows.map(({ table: { app, name, record }, change }) => ({
      app,
      table: name,
      record,
      change: { ...change },
    })),
    fingerprints: targets.map(({ fingerprint }) => fingerprint),
    handed: [...handed],
    output,
    made: at,
    until: at + APPROVAL_MS,
  };
  const text = JSON.stringify(ask);
  if (text.length > MAX_ASK_CHARS) {
    throw refuse(
      "approval-too-large",
      "this changes more than a person can look through. Nothing was changed. Change less at once.",
    );
  }
  const id = newId();
  await own.write(caller, { table: "approvals", id, isNew: true, at, fields: { ask: text } }, signal);
  metrics.approval("asked");
  return waitingOf(id, ask, page, at);
}

/** All approvals of this app, whichever connection of it asked. */
async function readMine(deps: AskPersonDeps, caller: Caller, signal: AbortSignal): Promise<Standing[]> {
  return (await readStandings(deps, caller, signal)).filter(({ ask }) => ask.appKey === appOf(caller));
}

/** The approval of this id, where this very connection asked for it: another's is none of its business. */
async function findOwn(
  { own }: AskPersonDeps,
  caller: Caller,
  id: string,
  signal: AbortSignal,
): Promise<Standing | null> {
  const record = (await own.list(caller, "approvals", signal)).find((one) => one.id === id);
  const standing = record === undefined ? null : await readStanding(record);
  const isMine = standing?.ask.grantId === grantOf(caller) && standing.ask.appKey === appOf(caller);
  return isMine ? standing : null;
}

async function tell(
  { own, clock }: AskPersonDeps,
  caller: Caller,
  { id, isTold }: Standing,
  signal: AbortSignal,
) {
  if (isTold) return;
  const at = clock.calendar();
  await own.write(caller, { table: "approvals", id, isNew: false, at, fields: { told: String(at) } }, signal);
}

/** What the grant of the caller shows now: an outcome that was made when it showed something else is told without its texts. */
function shownTo({ grants }: Pick<AskPersonDeps, "grants">, { principal }: Caller): string {
  return grants.of(principal)?.key ?? "";
}

function grantOf({ principal: { client } }: Caller): string {
  return client?.grantId ?? "";
}

function appOf({ principal: { client } }: Caller): string {
  return client?.appKey ?? "";
}

function refuse(rule: string, advice: string): Refused {
  return new Refused({ reason: "policy-denied", rule, advice });
}
