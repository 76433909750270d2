import { wait } from "../lib/kit/clock.ts";
import type { Answer } from "./answer.ts";
import type { ClientWrite, History } from "./history.ts";
import { listAll, type ShownRow } from "./listing.ts";
import type { Person, Place } from "./people.ts";
import { isReserved } from "./planner.ts";
import type { Random } from "./random.ts";
import type { SoakClient } from "./soak_client.ts";
import { CONTACTS, HABITS, JOURNAL, NOTES, type SoakTable, TASKS } from "./tables.ts";
import type { Tally } from "./tally.ts";
import type { Verdicts } from "./verdicts.ts";

/** What {@link createAgent} needs. */
export interface AgentDeps {
  readonly client: SoakClient;
  readonly person: Person;
  /** Where it works, as of now, and on what. */
  readonly places: () => readonly Place[];
  readonly tables: () => readonly SoakTable[];
  /** Whether it has to name each space, the personal one too. */
  readonly namesSpaces: boolean;
  readonly random: Random;
  readonly history: History;
  readonly verdicts: Verdicts;
  /** Counts answers as `tool: outcome (reason)`. */
  readonly answers: Tally;
  /** Another gateway shows what was written at most so many milliseconds later; 0 where there is one. */
  readonly settleMs: number;
}

/** A model at work behind one client: lists, writes, and looks at what it wrote. */
export interface Agent {
  /** Does one thing, and reads it back when it was a write that was acknowledged. */
  step(): Promise<void>;
}

/** What an agent is about to write. */
interface Plan {
  readonly table: SoakTable;
  readonly kind: ClientWrite["kind"];
  readonly tool: string;
  readonly id: string | null;
  readonly args: Record<string, unknown>;
  /** Fields that the write sets, where they differ from the arguments. */
  readonly values?: Record<string, unknown>;
}

/** Live records of one table in one space, beyond which agents rather delete: a listing has to fit an answer. */
const ENOUGH = 35;
/** Share of writing calls that the client leaves before the answer. */
const LEAVING = 0.02;

/** Creates an agent that knows nothing yet. */
export function createAgent(deps: AgentDeps): Agent {
  const { client, person, random, history, verdicts } = deps;
  const known = new Map<string, readonly ShownRow[]>();

  const note = (tool: string, answer: Answer | { readonly kind: "rows" }): void => {
    const reason = "reason" in answer ? ` (${answer.reason})` : "";
    deps.answers.add(`${answer.kind === "rows" ? "ok" : answer.kind}${reason}`);
    const evidence = () => `${client.name} ${tool}: ${answer.kind}${reason}`;
    verdicts.judge("no answer is internal, malformed or a surprise", answer.kind !== "broken", evidence);
    verdicts.judge("no call hangs past its deadline", answer.kind !== "hang", evidence);
  };

  const spaceOf = (place: Place): string | null =>
    place.kind === "shared" || deps.namesSpaces
      ? place.id
      : random.pick([null, place.id, `_personal:${person.id}`]);

  const list = async (place: Place, table: SoakTable) => {
    const listing = await listAll(client, place, table, verdicts, spaceOf(place));
    note(table.listing?.tool ?? "", listing);
    if (listing.kind === "rows") known.set(`${place.id}/${table.name}`, listing.rows);
    return listing;
  };

  const write = async (place: Place, plan: Plan): Promise<void> => {
    const startedAt = new Date().toISOString();
    const leaving = random.chance(LEAVING) ? AbortSignal.timeout(random.whole(1, 60)) : undefined;
    const answer = await client.call(plan.tool.replace(".", "_"), plan.args, {
      space: spaceOf(place),
      ...(leaving === undefined ? {} : { signal: leaving }),
    });
    note(plan.tool, answer);
    // An update that found everything as it should be wrote nothing, and says so.
    const isUnchanged = answer.kind === "ok" && answer.output.changed === false;
    const record = answer.kind === "ok" ? recordIn(answer.output) : null;
    const given = record?.id ?? (answer.kind === "ok" ? answer.output.id : undefined);
    const done: ClientWrite = {
      client: client.name,
      person,
      place,
      table: plan.table,
      kind: plan.kind,
      tool: plan.tool,
      id: plan.id ?? (typeof given === "string" ? given : null),
      values: plan.values ?? plan.args,
      before: known.get(`${place.id}/${plan.table.name}`)?.find(({ id }) => id === plan.id) ?? null,
      startedAt,
      outcome: isUnchanged
        ? "refused"
        : answer.kind === "ok"
        ? "acknowledged"
        : answer.kind === "refused"
        ? "refused"
        : "unknown",
      reason: isUnchanged ? "unchanged" : answer.kind === "ok" ? "" : answer.reason,
      record,
    };
    history.writes.push(done);
    if (done.outcome !== "acknowledged" || plan.table.listing === null) return;
    if (deps.settleMs > 0) await wait(deps.settleMs);
    const listing = await list(place, plan.table);
    if (listing.kind !== "rows") return;
    const row = listing.rows.find(({ id }) => id === done.id) ?? null;
    // A row that is not in a part of a listing may be in the rest, or may have moved while it was turned.
    if (row !== null || (listing.isComplete && listing.pages === 1)) history.reads.push({ write: done, row });
  };

  const text = (place: Place) => history.text(place, client.name);

  const creation = (place: Place, table: SoakTable): Plan => {
    const title = text(place);
    const body = random.chance(0.02) ? "long ".repeat(600) : random.pick(["", "short", "…"]);
    const args = table === HABITS ? { title, color: color() } : table === TASKS
      ? {
        title,
        priority: random.pick(["low", "medium", "high", "urgent"]),
        ...(random.chance(0.5) ? { description: `what ${body}` } : {}),
        dueDate: random.pick([null, "2030-05-20"]),
      }
      : table === NOTES
      ? { title, content: body, isPinned: random.chance(0.2) }
      : table === CONTACTS
      ? { firstName: title, lastName: "Soak", isFavorite: random.chance(0.2) }
      : { title, content: `today ${body}`, entryDate: "2030-05-20", tags: ["soak"] };
    const verb = table === JOURNAL ? "add" : "create";
    return { table, kind: "insert", tool: `${table.app}.${verb}`, id: null, args };
  };
  const color = () => `#${random.whole(0, 0xffffff).toString(16).padStart(6, "0")}`;

  const change = (place: Place, table: SoakTable, { id, ...row }: ShownRow): Plan => {
    const crowded = (known.get(`${place.id}/${table.name}`)?.length ?? 0) > ENOUGH;
    if (random.chance(crowded ? 0.7 : 0.1) || table === NOTES) {
      return { table, kind: "delete", tool: `${table.app}.delete`, id, args: { id }, values: {} };
    }
    if (table === TASKS) {
      return {
        table,
        kind: "update",
        tool: "todo.complete",
        id,
        args: { id },
        values: { isCompleted: true },
      };
    }
    if (table === CONTACTS) {
      const values = random.chance(0.3)
        ? { isArchived: row.isArchived !== true }
        : { firstName: text(place), ...(random.chance(0.4) ? { company: `company ${color()}` } : {}) };
      return { table, kind: "update", tool: "contacts.update", id, args: { id, ...values }, values };
    }
    if (random.chance(0.3)) {
      const isArchived = row.isArchived !== true;
      const args = { id, archived: isArchived };
      return { table, kind: "update", tool: "habits.archive", id, args, values: { isArchived } };
    }
    const values = { title: text(place), ...(random.chance(0.4) ? { color: color() } : {}) };
    return { table, kind: "update", tool: "habits.update", id, args: { id, ...values }, values };
  };

  return {
    async step() {
      const place = random.any(deps.places());
      const table = random.any(deps.tables());
      if (place === undefined || table === undefined) return;
      // Devices write what the gateway would not create there; agents change and delete it.
      const mayCreate = place.kind === "personal" || table === NOTES || table === CONTACTS;
      if (table.listing === null) return mayCreate ? await write(place, creation(place, table)) : undefined;
      const rows = known.get(`${place.id}/${table.name}`);
      const what = random.next();
      if (rows === undefined || what < 0.25) {
        await list(place, table);
      } else if (what < 0.28) {
        note("spaces_list", await client.call("spaces_list", {}, { space: spaceOf(place) }));
      } else {
        const row = random.any(rows.filter(({ id }) => !isReserved(id)));
        const creates = mayCreate && (row === undefined || (rows.length < ENOUGH && random.chance(0.5)));
        if (creates) await write(place, creation(place, table));
        else if (row !== undefined) await write(place, change(place, table, row));
      }
    },
  };
}

/** The record that a writing tool returns as its only object. */
function recordIn(output: Readonly<Record<string, unknown>>): Record<string, unknown> | null {
  for (const value of Object.values(output)) {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  }
  return null;
}
