// An app that asks to delete something, and the person who decides on their page: says yes, no, both or yes twice at once, edits
// behind the page, or leaves it. Then the app looks what came of it.
import { wait } from "../../lib/kit/clock.ts";
import { type Answer, DECLINED, NEEDS_YES, UNFINISHED_YES } from "../answer.ts";
import type { History } from "../history.ts";
import type { Person, Place } from "../people.ts";
import { isReserved } from "../planner.ts";
import type { Random } from "../random.ts";
import { JOURNAL } from "../tables.ts";
import type { Tally } from "../tally.ts";
import { isOf, readTrueLog } from "../true_log.ts";
import type { Verdicts } from "../verdicts.ts";
import { standingOf } from "./check_undo.ts";
import { REQUESTED } from "./check_requests.ts";
import { type DecidedRequest, type Fate, FATES } from "./decided_request.ts";
import type { Hand } from "./hand.ts";
import { listedIds } from "./listed_ids.ts";
import type { PersonPages, RequestState, ShownRequest } from "./person_pages.ts";

/** What an app does with a person who decides. */
export interface DecidingDeps {
  readonly app: string;
  readonly person: Person;
  readonly place: Place;
  /** A call of the app; notes its answer. */
  readonly call: (tool: string, args: Record<string, unknown>) => Promise<Answer>;
  readonly pages: PersonPages;
  readonly hand: Hand;
  readonly syncUrl: string;
  readonly random: Random;
  readonly history: History;
  readonly verdicts: Verdicts;
  readonly deeds: Tally;
}

/** The way of requests, one at a time. */
export interface RequestFlow {
  step(): Promise<void>;
  /** How often the person was asked. */
  made(): number;
}

const TOLD = "an app is told what the person decided";
const UNSEEN = "an edit that the person had not seen is not written over by their yes";
/** What is looked at while requests are decided. */
export const REQUEST_CHECKS = [TOLD, UNSEEN] as const;
/** How often a page is asked for again, and a button pressed again, before the person goes away. */
const PATIENCE = 15;
const PAUSE_MS = [100, 700] as const;
/** States in which no click changes anything any more. */
const ENDS: ReadonlySet<RequestState> = new Set(["done", "declined", "expired", "changed", "refused"]);

/** Starts with the fate that the seed says. */
export function createRequestFlow(deps: DecidingDeps, first: number): RequestFlow {
  const { random, hand } = deps;
  const left = new Set<string>();
  let turn = first;
  return {
    made: () => turn - first,
    async step() {
      const listed = await deps.call("journal_list", { includeArchived: true, limit: 100 });
      if (listed.kind !== "ok") return;
      const id = random.any(
        listedIds(listed.output.entries).filter((id) => !isReserved(id) && !left.has(id)),
      );
      if (id === undefined) return void await hand.create(JOURNAL);
      const startedAt = new Date().toISOString();
      const answer = await deps.call("journal_delete", { id });
      if (answer.kind !== "refused" || answer.reason !== NEEDS_YES || answer.request === undefined) return;
      const fate = FATES[turn++ % FATES.length] ?? "yes";
      const { outcome, end } = await decide(deps, fate, answer.request, id);
      if (end === "open") left.add(id);
      deps.deeds.add(`request, ${fate}: ${outcome}`);
      noteRequest(deps, { app: deps.app, id, fate, outcome }, startedAt);
    },
  };
}

/** What came of a request: as the checker has it, and as its page said last. */
interface Decided {
  readonly outcome: DecidedRequest["outcome"];
  readonly end: RequestState;
}

async function decide(deps: DecidingDeps, fate: Fate, request: string, id: string): Promise<Decided> {
  const { hand } = deps;
  if (fate === "left") {
    await judgeTold(deps, fate, request, id, "open");
    return { outcome: "not done", end: "open" };
  }
  if (fate === "seen") await hand.retitle(JOURNAL, id);
  const shown = await lookUntilShown(deps, request);
  if (shown.state !== "open") return { outcome: "not done", end: "open" };
  const edit = fate === "edited" ? await hand.retitle(JOURNAL, id) : null;
  let pressed = await press(deps, fate, shown, request);
  if (edit !== null) {
    if (pressed.end === "refused") deps.verdicts.pass(UNSEEN);
    else if (pressed.end === "done" && await isInForce(deps, id, edit)) {
      deps.verdicts.fail(UNSEEN, `${deps.app} ${id} was deleted by a yes to an older page`);
    }
  }
  if (pressed.end === "refused") {
    const next = deps.random.chance(0.6) ? await lookUntilShown(deps, request) : null;
    if (next?.state !== "open") return { outcome: pressed.isCertain ? "not done" : "unknown", end: "open" };
    const { isCertain } = pressed;
    pressed = await press(deps, "yes", next, request);
    if (!isCertain) pressed = { ...pressed, isCertain };
  }
  const { end } = pressed;
  await judgeTold(deps, fate, request, id, end);
  if (end === "done") return { outcome: "done", end };
  // A yes that was pressed and got no answer may do its work later; a no does nothing at any time.
  const isCertain = fate === "no" || (pressed.isCertain && ENDS.has(end));
  return { outcome: isCertain ? "not done" : "unknown", end: ENDS.has(end) ? end : "open" };
}

interface Pressed {
  readonly end: RequestState;
  /** Whether every press got an answer. */
  readonly isCertain: boolean;
}

async function press(
  deps: DecidingDeps,
  fate: Fate,
  shown: ShownRequest,
  request: string,
): Promise<Pressed> {
  const { pages, random } = deps;
  if (fate === "both") {
    const answers = await Promise.all([pages.press(shown, "yes"), pages.press(shown, "no")]);
    const { state } = await lookUntilShown(deps, request);
    const isCertain = answers.every(({ state }) => ENDS.has(state));
    return { end: ENDS.has(state) ? state : (await pressUntil(deps, shown, "no")).end, isCertain };
  }
  if (fate === "twice") await Promise.all([pages.press(shown, "yes"), pages.press(shown, "yes")]);
  if (random.chance(0.2)) await lookUntilShown(deps, request);
  return await pressUntil(deps, shown, fate === "no" ? "no" : "yes");
}

/** Presses the same button of the same page until it is known what came of it. */
async function pressUntil(
  { pages, random, deeds }: DecidingDeps,
  shown: ShownRequest,
  decision: "yes" | "no",
): Promise<Pressed> {
  let state: RequestState = "fault";
  for (let attempt = 0; attempt < PATIENCE; attempt++) {
    ({ state } = await pages.press(shown, decision));
    if (ENDS.has(state)) {
      if (attempt > 0) deeds.add(`the same click completed it: ${state}`);
      return { end: state, isCertain: attempt === 0 };
    }
    await wait(random.whole(...PAUSE_MS));
  }
  return { end: state, isCertain: false };
}

async function lookUntilShown({ pages, random }: DecidingDeps, request: string): Promise<ShownRequest> {
  let shown = await pages.look(request);
  for (let attempt = 0; shown.state === "fault" && attempt < PATIENCE; attempt++) {
    await wait(random.whole(...PAUSE_MS));
    shown = await pages.look(request);
  }
  return shown;
}

/** Whether a title of this stamp is what the record has, or had when it was deleted. */
async function isInForce(
  { syncUrl, person, place }: DecidingDeps,
  id: string,
  stamp: string,
): Promise<boolean> {
  try {
    const rows = await readTrueLog(syncUrl, person, JOURNAL);
    const standing = standingOf(rows.filter((row) => row.id === id && isOf(row, person, place)));
    return standing?.fields.get(JOURNAL.text)?.stamp === stamp;
  } catch {
    return false;
  }
}

/** The app asks what came of it, by its id or by its call again. */
async function judgeTold(
  deps: DecidingDeps,
  fate: Fate,
  request: string,
  id: string,
  end: RequestState,
): Promise<void> {
  const { random, verdicts } = deps;
  if (end !== "done" && end !== "declined" && end !== "open") return;
  const isRepeated = random.chance(0.5);
  let told = "";
  for (let attempt = 0; attempt < PATIENCE; attempt++) {
    const answer = isRepeated
      ? await deps.call("journal_delete", { id })
      : await deps.call("approvals_get", { id: request });
    told = isRepeated ? repeatedWord(answer, request) : gottenWord(answer);
    if (told === end || told === "lost") break;
    // The deletion is stored and the note of it is not: a look at the page makes up for it.
    if (end === "done") await deps.pages.look(request);
    await wait(random.whole(...PAUSE_MS));
  }
  if (told === "lost" || told === "") return;
  verdicts.judge(
    TOLD,
    told === end,
    () =>
      `${deps.app} ${fate} ${isRepeated ? "again" : "get"}: the page says ${end}, the app is told ${told}`,
  );
}

/** "" for an answer that says nothing of the request. */
function gottenWord(answer: Answer): string {
  if (answer.kind === "ok") return String(answer.output.status);
  return answer.kind === "refused" && answer.reason === "record not found" ? "nothing of it" : "";
}

/** `lost`: an earlier answer was lost, after which the same call is a new one. */
function repeatedWord(answer: Answer, request: string): string {
  if (answer.kind === "ok") return "done";
  if (answer.kind === "broken" || answer.kind === "hang") return "";
  if (answer.reason === DECLINED) return "declined";
  const isOurs = answer.request === request;
  if (answer.reason === UNFINISHED_YES) return isOurs ? "unknown" : "lost";
  if (answer.reason === NEEDS_YES) return isOurs ? "open" : "lost";
  return answer.reason === "record not found" ? "lost" : "";
}

function noteRequest({ history, person, place }: DecidingDeps, of: DecidedRequest, startedAt: string): void {
  const { app, id, fate, outcome } = of;
  history.requests.push(of);
  history.writes.push({
    client: app,
    person,
    place,
    table: JOURNAL,
    kind: "delete",
    tool: REQUESTED,
    id,
    values: {},
    before: null,
    startedAt,
    outcome: outcome === "done" ? "acknowledged" : outcome === "unknown" ? "unknown" : "refused",
    reason: `the person: ${fate}`,
    record: null,
  });
}
