// What an app did is taken back by the person on their page, or by the app itself, and then done again; or something is changed between
// the look and the decision. What came of it is held against the log at once.
import { z } from "zod";
import { wait } from "../../lib/kit/clock.ts";
import { NOTES } from "../tables.ts";
import { judgeRedo, judgeUndo, type Made, snapshot } from "./judge_undo.ts";
import type { ShownUndo } from "./person_pages.ts";
import type { DecidingDeps } from "./request_flow.ts";
import { ownDoor, pageDoor, type UndoDoor } from "./undo_doors.ts";

/** The way of undos, one at a time. The app writes nothing meanwhile. */
export interface UndoFlow {
  step(): Promise<void>;
}

/** Who takes it back, in turn, and whether something is changed between the look and the decision. */
const KINDS = [
  { by: "person", isStale: true },
  { by: "app", isStale: false },
  { by: "person", isStale: false },
  { by: "app", isStale: true },
] as const;

const STALE = "a plan that is not true any more changes nothing";
/** What was on its way, and what the proxy hides, has arrived after this. */
const SETTLING_MS = 2_700;
const PATIENCE = 15;
const PAUSE_MS = [100, 700] as const;
/** Of the end of a plan's name: under this call its changes stand in the log. */
const CALL_CHARS = 32;

/** Creates it. */
export function createUndoFlow(deps: DecidingDeps): UndoFlow {
  const since = new Date(Date.now() - 60_000).toISOString();
  const { pages } = deps;
  const doors = {
    person: pageDoor(pages, () => pages.previewSince(deps.app, since)),
    app: ownDoor(deps.call, since),
  };
  let turn = 0;
  return {
    async step() {
      // Two, so that something is left to be undone where one of them is changed behind the page.
      const [, target] = [await createNote(deps), await createNote(deps)];
      const before = await snapshot(deps);
      await wait(SETTLING_MS);
      const { by, isStale } = KINDS[turn++ % KINDS.length] ?? KINDS[0];
      const made = await carryOut(deps, doors[by], isStale ? target : null);
      if (made === null) return;
      deps.deeds.add(`undo by the ${by}`);
      judgeUndo(deps, { before, after: await snapshot(deps), ...made });
      const [plan, ...others] = made.plans;
      if (plan === undefined || others.length > 0) return;
      const again = pageDoor(pages, () => pages.previewCalls([plan.slice(-CALL_CHARS)]));
      const redone = await carryOut(deps, again, null);
      if (redone === null) return;
      judgeRedo(deps, { before, plans: made.plans, again: redone.plans, end: await snapshot(deps) });
    },
  };
}

/** Looks and decides until it is done; null where there is nothing to be done, or nobody knows whether it is. */
async function carryOut(deps: DecidingDeps, door: UndoDoor, target: MadeNote | null): Promise<Made | null> {
  const { random, history, verdicts, deeds, app } = deps;
  const plans = new Set<string>();
  let edit: string | null = null;
  let shown: ShownUndo | null = null;
  let isFirst = true;
  for (let attempt = 0; attempt < PATIENCE; attempt++) {
    shown ??= await door.preview();
    const { plan, state } = shown;
    if (state === "nothing") return plans.size === 0 ? null : { plans, edit };
    if (plan === null) {
      shown = null;
      await wait(random.whole(...PAUSE_MS));
      continue;
    }
    // Others may have gone on with the note already: then it is not in the plan, and an edit of it changes none.
    const isBehind = edit === null && plans.size === 0 && target !== null &&
      shown.planned.includes(target.title);
    if (isBehind) edit = await deps.hand.retitle(NOTES, target.id);
    plans.add(plan);
    const decided = await door.apply(shown);
    deeds.add(`undo, decided: ${decided.state}`);
    if (isBehind && edit !== null && decided.state === "done") {
      verdicts.fail(STALE, `${app}: ${plan} was carried out`);
    }
    if (decided.state === "done") return { plans, edit };
    const isRefused = decided.state === "refused";
    if (isRefused && isFirst) {
      // Had it been decided before, it may have come through in part.
      history.refusedPlans.push(plan);
      plans.delete(plan);
    }
    isFirst = isRefused;
    if (isRefused) shown = decided.plan === null ? null : decided;
    else await wait(random.whole(...PAUSE_MS));
  }
  return null;
}

/** A note that was made for an undo. */
interface MadeNote {
  readonly id: string;
  readonly title: string;
}

/** A note of the app, so that there is something to be undone. */
async function createNote(deps: DecidingDeps): Promise<MadeNote | null> {
  const { app, person, place, history } = deps;
  const title = history.text(place, app);
  const startedAt = new Date().toISOString();
  const values = { title, content: "…" };
  const answer = await deps.call("notes_create", values);
  const record = answer.kind === "ok" ? Created.parse(answer.output).note : null;
  const id = record?.id ?? null;
  const outcome = answer.kind === "ok" ? "acknowledged" : answer.kind === "refused" ? "refused" : "unknown";
  const reason = answer.kind === "ok" ? "" : answer.reason;
  const at = { client: app, person, place, table: NOTES, tool: "notes.create", startedAt };
  const what = { kind: "insert" as const, id, values, before: null, record };
  history.writes.push({ ...at, ...what, outcome, reason });
  return id === null ? null : { id, title };
}

const Created = z.object({ note: z.looseObject({ id: z.string() }) });
