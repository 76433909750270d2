import { wait } from "../lib/kit/clock.ts";
import { z } from "zod";
import type { Agent, AgentDeps } from "./agent.ts";
import { type Answer, UNFINISHED } from "./answer.ts";
import type { History, PlannedCall } from "./history.ts";
import type { Person, Place } from "./people.ts";
import type { Tally } from "./tally.ts";

/** Begins the ids of rows that only planners work on, so that nobody else deletes what their rows belong to. */
const RESERVED = "planned-";
/** The day of all events. */
const DAY = "2030-05-20";
/** Records of one planner, beyond which it deletes. */
const ENOUGH = 25;
/** How often a call is made again before its planner gives up. */
const REPEATS = 25;

/** Whether a row is left to planners. */
export function isReserved(id: string): boolean {
  return id.startsWith(RESERVED);
}

/** What {@link createPlanner} needs. */
export interface PlannerDeps
  extends Pick<AgentDeps, "client" | "person" | "random" | "history" | "verdicts" | "answers" | "settleMs"> {
  readonly deeds: Tally;
  /** Ends with the gateway process, which is all that remembers unfinished writes. */
  readonly gatewayLife: () => AbortSignal;
  /** Whether an unfinished call that is made again comes to the gateway that knows what was missing. */
  readonly canComplete: boolean;
}

/** What a planner made and has not deleted. */
interface Made {
  readonly id: string;
  readonly kind: "entry" | "event";
  readonly text: string;
}

/**
 * A model behind a client that logs a habit and plans events: calls that each write a row and its time block, in two apps. Works
 * in the personal space, on records of its own. Where it is told that a part is missing, it makes the same call again.
 */
export function createPlanner(deps: PlannerDeps): Agent {
  const { client, person, random, history, verdicts } = deps;
  const place = personalPlace(person);
  const made = new Map<string, Made>();

  const call = async (tool: string, args: Record<string, unknown>): Promise<Answer> => {
    const answer = await client.call(tool.replace(".", "_"), args, { space: null });
    const reason = reasonOf(answer);
    deps.answers.add(`${answer.kind}${reason}`);
    const evidence = () => `${client.name} ${tool}: ${answer.kind}${reason}`;
    verdicts.judge("no answer is internal, malformed or a surprise", answer.kind !== "broken", evidence);
    verdicts.judge("no call hangs past its deadline", answer.kind !== "hang", evidence);
    return answer;
  };

  /** Makes a call, and makes it again as long as it is unfinished. */
  const complete = async (tool: PlannedCall["tool"], args: Record<string, unknown>) => {
    const life = deps.gatewayLife();
    let answer = await call(tool, args);
    let isUnfinished = isMissingPart(answer);
    let repeats = 0;
    while (isUnfinished && deps.canComplete && repeats < REPEATS && !life.aborted) {
      await wait(random.whole(20, 200));
      if (life.aborted) break;
      repeats += 1;
      answer = await call(tool, args);
      // What is refused for certain leaves the write as it was: unfinished. A deleted record is found no more.
      const isGone = answer.kind === "refused" && answer.reason === "record not found";
      if (isGone) return { outcome: "acknowledged" as const, output: {}, repeats };
      isUnfinished = isMissingPart(answer) || answer.kind === "refused";
    }
    const outcome = answer.kind === "ok"
      ? "acknowledged" as const
      : answer.kind === "refused" && repeats === 0
      ? "refused" as const
      : "unknown" as const;
    // A gateway that ends, or has ended, has forgotten what was missing; whoever got no answer knows nothing.
    const isKnown = !life.aborted && (answer.kind !== "unknown" || isUnfinished);
    if (repeats > 0 && isKnown) {
      verdicts.judge(
        "a call that is made again completes the write of which a part was missing",
        outcome === "acknowledged",
        () => `${client.name} ${tool}: ${answer.kind}${reasonOf(answer)} after ${repeats} repeats`,
      );
    }
    return { outcome, output: answer.kind === "ok" ? answer.output : {}, repeats };
  };

  const perform = async (
    tool: PlannedCall["tool"],
    args: Record<string, unknown>,
    { id = null, text = "" }: { readonly id?: string | null; readonly text?: string },
  ): Promise<void> => {
    const { outcome, output, repeats } = await complete(tool, args);
    const owner = id ?? (typeof output.id === "string" ? output.id : null);
    if (repeats > 0) deps.deeds.add(`unfinished write, ${outcome} after it was repeated`);
    history.planned.push({ client: client.name, person, place, tool, id: owner, text, outcome, repeats });
    if (owner === null || outcome === "refused") return;
    const isDeletion = tool === "habits.unlog" || tool === "calendar.delete";
    // What may have been deleted or half changed is left to the check at the end.
    if (isDeletion || outcome === "unknown") made.delete(owner);
    else made.set(owner, { id: owner, kind: tool === "habits.log" ? "entry" : "event", text });
    if (outcome === "acknowledged") await look(tool, owner, isDeletion ? null : text);
  };

  /** Reads an acknowledged write back: the record is there once with this text, or not at all. */
  const look = async (tool: PlannedCall["tool"], id: string, text: string | null): Promise<void> => {
    if (deps.settleMs > 0) await wait(deps.settleMs);
    const isEntry = tool.startsWith("habits.");
    const answer = isEntry
      ? await call("habits.logs", { id: habitOf(person), limit: 200 })
      : await call("calendar.list", { from: DAY, to: DAY, limit: 500 });
    if (answer.kind !== "ok") return;
    const rows = Listed.parse(isEntry ? answer.output.logs : answer.output.entries);
    const found = rows.filter((row) => row.id === id).map(({ note, title }) => isEntry ? note : title);
    verdicts.judge(
      "a person reads their own acknowledged writes",
      text === null ? found.length === 0 : found.length === 1 && found[0] === text,
      () => `${client.name} after ${tool} of ${id}: shown ${found.length} times`,
    );
  };

  return {
    async step() {
      const one = random.any([...made.values()]);
      const text = history.text(place, client.name);
      const isCrowded = made.size > ENOUGH;
      if (one === undefined || (!isCrowded && random.chance(0.5))) {
        return random.chance(0.5)
          ? await perform("habits.log", { id: habitOf(person), note: text }, { text })
          : await perform("calendar.create", { title: text, startDate: `${DAY}T10:00` }, { text });
      }
      const { id, kind } = one;
      if (kind === "entry") return await perform("habits.unlog", { id }, { id });
      if (isCrowded || random.chance(0.4)) return await perform("calendar.delete", { id }, { id });
      await perform("calendar.update", { id, title: text }, { id, text });
    },
  };
}

/** Stores the habit and the calendar that a planner works with, as the web app would. Throws when they cannot be stored. */
export async function prepareForPlanner(
  syncUrl: string,
  person: Person,
  planner: string,
  history: Pick<History, "text">,
): Promise<void> {
  const place = personalPlace(person);
  const title = history.text(place, planner);
  const now = new Date().toISOString();
  const rows = [
    ["habits", "habits", { title, icon: "drop", color: "#0ea5e9", order: 0, isArchived: false }],
    ["calendar", "calendars", { name: "Mine", color: "#3B82F6", isDefault: true, isVisible: true }],
  ] as const;
  for (const [app, table, values] of rows) {
    const id = table === "habits" ? habitOf(person) : `${RESERVED}calendar-${person.name}`;
    const data = { id, spaceId: place.id, authorId: person.id, createdAt: now, updatedAt: now, ...values };
    const response = await fetch(`${syncUrl}/sync/${app}`, {
      method: "POST",
      headers: { authorization: `Bearer ${person.token()}`, "content-type": "application/json" },
      body: JSON.stringify({
        clientId: `set-up of ${person.name}`,
        since: "9999-12-31T23:59:59.999Z",
        schemaVersion: 1,
        changes: [{ table, id, op: "insert", spaceId: place.id, data }],
      }),
    });
    if (!response.ok) throw new Error(`Cannot store ${table}: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
  }
}

const Listed = z.array(
  z.looseObject({ id: z.string(), note: z.string().nullish(), title: z.string().optional() }),
);

function habitOf({ name }: Person): string {
  return `${RESERVED}habit-${name}`;
}

function personalPlace({ name, places: [place] }: Person): Place {
  if (place === undefined) throw new TypeError(`${name} has no place`);
  return place;
}

function reasonOf(answer: Answer): string {
  return answer.kind === "ok" ? "" : ` (${answer.reason})`;
}

function isMissingPart(answer: Answer): boolean {
  return answer.kind === "unknown" && answer.reason === UNFINISHED;
}
