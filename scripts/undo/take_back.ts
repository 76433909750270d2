// Takes back what an app did, for a person at a terminal: shows the plan, asks, has it carried out, and waits for the person's own page
// where the gateway wants their click. A token is not a click: an agent may hold it.
import { counted } from "../../lib/kit/counted.ts";
import { DECLINED, DONE, REFUSED } from "./exit_codes.ts";
import { type CallAnswer, type McpGateway, NoAnswer } from "./mcp_gateway.ts";
import { oneLine, planLines } from "./plan_lines.ts";
import { momentWords } from "./read_moment.ts";
import type { UndoTask } from "./undo_arguments.ts";
import { ApprovalAnswer, UndoneUndo, UndoPreview } from "./undo_preview.ts";

/** Returns with what the process ends. Throws {@link NoAnswer} where the gateway cannot be asked. */
export async function takeBack(deps: TakeBackDeps, task: UndoTask): Promise<number> {
  const { gateway, print, say } = deps;
  const selection = {
    since: task.since,
    ...(task.client === undefined ? {} : { client: task.client }),
    ...(task.space === undefined ? {} : { space: task.space }),
    ...(task.until === undefined ? {} : { until: task.until }),
    ...(task.tool === undefined ? {} : { tool: task.tool }),
  };
  const place = { zone: task.zone, now: deps.now() };
  print(`${headline(task, place.now)}\n`);
  const shown = await gateway.call("undo_preview", selection);
  if (shown.kind !== "output") return refused(deps, shown);
  const preview = UndoPreview.safeParse(shown.output);
  if (!preview.success) return strange(deps);
  for (const line of planLines(preview.data, place)) print(line);
  const { plan, rowCount } = preview.data;
  if (rowCount === 0) {
    print("There is nothing to undo.");
    return DONE;
  }
  if (task.isDry) {
    print("Nothing was changed: this was a dry run.");
    return DONE;
  }
  if (!task.isYes && !/^y(es)?$/i.test(await deps.ask(`Put ${them(rowCount)} back? [y/N] `))) {
    say("Nothing was changed.");
    return DECLINED;
  }
  const args = { ...selection, plan };
  const done = await gateway.call("undo_apply", args);
  if (done.kind === "waits") return await awaitPage(deps, task, done);
  if (done.kind === "refused") return refused(deps, done);
  return tellDone(deps, done.output);
}

/** What taking back works with. */
export interface TakeBackDeps {
  readonly gateway: Pick<McpGateway, "call">;
  /** A line of the result. */
  readonly print: (line: string) => void;
  /** A line beside the result. */
  readonly say: (line: string) => void;
  readonly ask: (question: string) => Promise<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

function headline(task: UndoTask, now: number): string {
  const { client, tool, space, since, until, zone, isZoneChosen } = task;
  const place = { zone, now };
  const quoted = (name: string) => `“${oneLine(name, MAX_WORDS_CHARS)}”`;
  const who = client === undefined ? "programs with your own token" : quoted(client);
  const by = tool === undefined ? "" : ` by ${oneLine(tool, MAX_WORDS_CHARS)}`;
  const where = space === undefined ? "your own space" : quoted(space);
  const from = `since ${momentWords(Date.parse(since), place)}`;
  const to = until === undefined ? "" : ` until ${momentWords(Date.parse(until), place)}`;
  const clock = `${zone}${isZoneChosen ? "" : ", the time zone of this computer"}`;
  return `What ${who} did${by} in ${where} ${from}${to} (${clock})`;
}

/** The person decides on their page; the page carries the undo out, so that nothing is lost when this process ends. */
async function awaitPage(
  deps: TakeBackDeps,
  { waits }: UndoTask,
  { url, id }: Extract<CallAnswer, { kind: "waits" }>,
): Promise<number> {
  const { gateway, print, say, now, wait } = deps;
  print(`Open ${url} to confirm: the undo is done by your click there.`);
  if (!waits) return REFUSED;
  say("Waiting for you, at most 10 minutes. Ctrl-C ends the waiting; the page stays open.");
  const end = now() + WAITING_MS;
  let trouble = "";
  while (now() < end) {
    await wait(LOOK_MS);
    const look = await lookAt(gateway, id);
    if (look.kind === "decided") return tellDecision(deps, look.approval, url);
    // Whatever is in the way may be gone at the next look; it is told once.
    const words = look.kind === "failed" ? look.words : "";
    if (words !== "" && words !== trouble) say(`${words} Still waiting.`);
    trouble = words;
    if (look.kind === "failed" && look.isOver) break;
  }
  if (trouble !== "") {
    say(`Nobody could be asked how it went: ${url} tells it.`);
    return REFUSED;
  }
  say("Nobody confirmed it in time. Nothing was changed.");
  return DECLINED;
}

/** What came of one look at the page's request. */
type Look =
  | { readonly kind: "open" }
  | { readonly kind: "decided"; readonly approval: ApprovalAnswer }
  /** `isOver`: looking again is of no use. */
  | { readonly kind: "failed"; readonly words: string; readonly isOver: boolean };

async function lookAt(gateway: Pick<McpGateway, "call">, id: string): Promise<Look> {
  let answer: CallAnswer;
  try {
    answer = await gateway.call("approvals_get", { id });
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    return { kind: "failed", words: error.message, isOver: TOKEN_OVER.has(error.status) };
  }
  if (answer.kind !== "output") return { kind: "failed", words: refusalWords(answer), isOver: false };
  const approval = ApprovalAnswer.safeParse(answer.output);
  if (!approval.success) return { kind: "failed", words: STRANGE, isOver: true };
  return approval.data.status === "open" ? { kind: "open" } : { kind: "decided", approval: approval.data };
}

function tellDecision(deps: TakeBackDeps, { status, result }: ApprovalAnswer, url: string): number {
  const { say } = deps;
  switch (status) {
    case "done":
      return tellDone(deps, result);
    case "declined":
      say("You said no on your page. Nothing was changed.");
      return DECLINED;
    case "open":
    case "expired":
      say("Nobody confirmed it in time. Nothing was changed.");
      return DECLINED;
    case "unknown":
      say(`Nobody knows yet whether all of it is done. Open ${url} and press the same button once more.`);
      return REFUSED;
  }
}

const TOKEN_OVER: ReadonlySet<number> = new Set([401, 403]);
/** As long as a request is open on the page. */
const WAITING_MS = 10 * 60_000;
const LOOK_MS = 3_000;
const MAX_WORDS_CHARS = 64;

function tellDone({ print, say }: TakeBackDeps, output: unknown): number {
  const done = UndoneUndo.safeParse(output);
  if (!done.success) return strange({ say });
  const { status, written } = done.data;
  if (status === "unknown") {
    say("Nobody knows yet whether all of it is done. Run the same command again: nothing is done twice.");
    return REFUSED;
  }
  print(
    written === 0
      ? "It had been done before: nothing had to be changed."
      : `Put back: ${counted(written, "record")}. What the app has seen, it may have kept.`,
  );
  return DONE;
}

function refused({ say }: Pick<TakeBackDeps, "say">, answer: CallAnswer): number {
  say(refusalWords(answer));
  return REFUSED;
}

/** The words of the gateway, on one line. */
function refusalWords(answer: CallAnswer): string {
  return answer.kind === "refused"
    ? oneLine(answer.words, MAX_REFUSAL_CHARS)
    : "The gateway wants to ask about this on your own page.";
}

const MAX_REFUSAL_CHARS = 2_000;

function strange({ say }: Pick<TakeBackDeps, "say">): number {
  say(`${STRANGE} Look at your page before you try again.`);
  return REFUSED;
}

const STRANGE = "The gateway answered in a form that this version does not know.";

function them(count: number): string {
  return count === 1 ? "it" : "them";
}
