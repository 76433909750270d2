// An app with a person beside it who decides: the app works as any other, asks where it has to, and the person now and then takes back what
// it did.
import { type Agent, type AgentDeps, createAgent } from "../agent.ts";
import type { Answer } from "../answer.ts";
import type { Place } from "../people.ts";
import type { Tally } from "../tally.ts";
import { FATES } from "./decided_request.ts";
import { createHand } from "./hand.ts";
import { createPersonPages } from "./person_pages.ts";
import type { Check } from "../verdicts.ts";
import { UNDO_CHECKS, UNDO_TABLES } from "./judge_undo.ts";
import { createRequestFlow, REQUEST_CHECKS } from "./request_flow.ts";
import { createUndoFlow } from "./undo_flow.ts";

/** What such an app asks for: three modules, in one space. */
export const DECIDING_SCOPES = ["notes", "journal", "contacts"].flatMap((module) =>
  ["read", "write", "destructive"].map((access) => `${module}:${access}`)
);

/** An app with a person beside it. */
export interface DecidingApp extends Agent {
  /** Tries what a short run has not come to, in calm, so that each check has something to look at. */
  complete(): Promise<void>;
}

/** What {@link createDecidingApp} needs. */
export interface DecidingAppDeps extends Omit<AgentDeps, "places" | "tables" | "namesSpaces"> {
  readonly place: Place;
  /** Where the pages are. */
  readonly issuer: string;
  /** The sync service itself. */
  readonly syncUrl: string;
  readonly deeds: Tally;
}

/** What the app does in turn. */
const TURNS = ["work", "ask", "work", "undo", "ask"] as const;
/** A person is asked this often within an hour by one app (lib/kit/limits.ts). */
const MOST_REQUESTS = 20;
/** Tries to have a check look at something after all, at the end. */
const LAST_TRIES = 16;

/** Creates the app and its person. */
export function createDecidingApp(deps: DecidingAppDeps): DecidingApp {
  const { client, person, place, history, verdicts, random } = deps;
  const call = async (tool: string, args: Record<string, unknown>): Promise<Answer> => {
    const answer = await client.call(tool, args, { space: place.id });
    const reason = answer.kind === "ok" ? "" : ` (${answer.reason})`;
    deps.answers.add(`${answer.kind}${reason}`);
    const evidence = () => `${client.name} ${tool}: ${answer.kind}${reason}`;
    verdicts.judge("no answer is internal, malformed or a surprise", answer.kind !== "broken", evidence);
    verdicts.judge("no call hangs past its deadline", answer.kind !== "hang", evidence);
    return answer;
  };
  const deciding = {
    ...deps,
    app: client.name,
    call,
    pages: createPersonPages(deps.issuer, person),
    hand: createHand(deps.syncUrl, person, place, history),
  };
  const requests = createRequestFlow(deciding, random.whole(0, FATES.length - 1));
  const undos = createUndoFlow(deciding);
  const agent = createAgent({ ...deps, places: () => [place], tables: () => UNDO_TABLES, namesSpaces: true });
  let turn = 0;
  return {
    async step() {
      const what = TURNS[turn++ % TURNS.length];
      if (what === "undo") await undos.step();
      else if (what === "ask" && requests.made() < MOST_REQUESTS) await requests.step();
      else await agent.step();
    },
    async complete() {
      const isMissing = (checks: readonly Check[]) => checks.some((check) => verdicts.of(check).passed === 0);
      for (let left = LAST_TRIES; left > 0 && isMissing(REQUEST_CHECKS); left--) await requests.step();
      // Plans that were refused are judged later, against the whole log.
      const isUndone = () => !isMissing(UNDO_CHECKS) && history.refusedPlans.length > 0;
      for (let left = LAST_TRIES; left > 0 && !isUndone(); left--) await undos.step();
    },
  };
}
