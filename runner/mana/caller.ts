// One call of a tool to its end: the request, the gateway's question where it asks one, the answer, and what came of it. Nothing that
// goes wrong is thrown: it is an outcome.
import { type Client, isInputRequiredResult } from "@modelcontextprotocol/client";
import { z } from "zod";
import { type Clock, wait } from "../kit/clock.ts";
import type { ManaCall } from "./mana_call.ts";
import type { ManaLine, RequestNote } from "./mana_line.ts";
import type { Outcome } from "./outcome.ts";
import { failed, outcomeOf, type ToolAnswer } from "./outcome_of.ts";

/** Creates the calls of one connection. */
export function createCaller(deps: CallerDeps): Call {
  return async (call, signal) => {
    const legs: CallLeg[] = [];
    let answer: Answer | null = null;
    for (;;) {
      const leg: CallLeg = await sendLeg(deps, call, answer, signal);
      legs.push(leg);
      const said: Said = legs.length === 1 ? call.answer ?? "no" : "no";
      if (leg.question === null || said === "nothing" || legs.length >= MAX_LEGS) {
        return { outcome: leg.outcome, legs };
      }
      if (said === "late") await waitLate(deps, signal);
      answer = answerTo(leg.question, said);
    }
  };
}

/** Makes one call. */
export type Call = (
  call: ManaCall,
  signal: AbortSignal,
) => Promise<{ readonly outcome: Outcome; readonly legs: readonly CallLeg[] }>;

/** One request of a call. */
export interface CallLeg {
  readonly outcome: Outcome;
  /** What the gateway asks before it does anything; null for an answer. */
  readonly question: Question | null;
}

/** Dependencies of {@link createCaller}. */
export interface CallerDeps {
  readonly client: Pick<Client, "request">;
  readonly line: ManaLine;
  readonly url: string;
  readonly clock: Clock;
  /** Whether a result fits the schema that its tool is listed with. */
  readonly fits: (tool: string, output: unknown) => boolean;
  readonly lateAnswerMs?: number;
}

type Said = NonNullable<ManaCall["answer"]>;

/** A question, and what has to come back with its answer. */
const Question = z.object({
  inputRequests: z.record(
    z.string(),
    z.looseObject({ params: z.looseObject({ message: z.string() }).optional() }),
  ),
  requestState: z.string().optional(),
});
type Question = z.infer<typeof Question>;

interface Answer {
  readonly inputResponses: Record<
    string,
    { readonly action: "accept" | "decline"; readonly content?: object }
  >;
  readonly requestState?: string;
}

/** A question, its answer, and a second question where the first answer no longer counts. */
const MAX_LEGS = 3;
/** Longer than the gateway itself lets a call take. */
const TIMEOUT_MS = 60_000;
/** How long a person who answers late thinks about it. */
export const LATE_ANSWER_MS = 2_000;
/** A client that hangs up does so when the gateway has the request and, most likely, no answer yet. */
const HANG_UP_MS = 5;

async function sendLeg(
  deps: CallerDeps,
  call: ManaCall,
  answer: Answer | null,
  signal: AbortSignal,
): Promise<CallLeg> {
  const note: RequestNote = { ...call, status: 0, ms: 0, error: null };
  const hangUp = new AbortController();
  const takeBack = call.mischief?.kind === "hang-up"
    ? deps.clock.after(HANG_UP_MS, () => hangUp.abort(new DOMException("hung up", "AbortError")))
    : () => {};
  try {
    const answered = await request(deps, call, {
      note,
      answer,
      signal: AbortSignal.any([signal, hangUp.signal]),
    });
    return judge(deps, call, note, answered);
  } catch {
    const isCut = signal.aborted || hangUp.signal.aborted;
    const code = hangUp.signal.aborted ? "hung-up" : "cut-off";
    return { question: null, outcome: isCut ? failed(note, code) : outcomeOf(note, null) };
  } finally {
    takeBack();
  }
}

interface Leg {
  readonly note: RequestNote;
  readonly answer: Answer | null;
  readonly signal: AbortSignal;
}

async function request({ client, line, url }: CallerDeps, call: ManaCall, { note, answer, signal }: Leg) {
  const { tool, args, mischief } = call;
  const headers = line.headersOf({ note });
  if (mischief?.kind === "raw-body") {
    const own = { ...headers, ...RAW_HEADERS, "mcp-name": tool };
    const response = await line.fetch(url, { method: "POST", headers: own, body: mischief.body, signal });
    return z.object({ result: z.unknown() }).parse(await response.json()).result;
  }
  const params = { name: tool, arguments: { ...args }, ...answer };
  const options = { headers, signal, timeout: TIMEOUT_MS, allowInputRequired: true };
  return await client.request({ method: "tools/call", params }, options);
}

/** What the official client would have sent with the body. */
const RAW_HEADERS = {
  "content-type": "application/json",
  accept: "application/json, text/event-stream",
  "mcp-protocol-version": "2026-07-28",
  "mcp-method": "tools/call",
};

function judge({ fits }: CallerDeps, call: ManaCall, note: RequestNote, answered: unknown): CallLeg {
  if (isInputRequiredResult(answered)) {
    const question = Question.safeParse(answered);
    if (!question.success) return { question: null, outcome: failed(note, "not-a-result") };
    const [first] = Object.values(question.data.inputRequests);
    return { question: question.data, outcome: asked(note, first?.params?.message ?? "") };
  }
  const result = Result.safeParse(answered);
  if (!result.success) return { question: null, outcome: failed(note, "not-a-result") };
  const { isError, structuredContent } = result.data;
  if (!isError && structuredContent !== undefined && !fits(call.tool, structuredContent)) {
    return { question: null, outcome: failed(note, "schema") };
  }
  return { question: null, outcome: outcomeOf(note, result.data) };
}

const Result: z.ZodType<ToolAnswer> = z.object({
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().default(false),
});

/** A question that stays open is no success, and nothing went wrong either. */
function asked({ status, ms }: RequestNote, text: string): Outcome {
  return { result: "refused", status, code: "asked", text, structured: undefined, latencyMs: ms };
}

function answerTo({ inputRequests, requestState }: Question, said: Said): Answer {
  const reply = said === "no" ? { action: "decline" } as const : { action: "accept", content: {} } as const;
  return {
    inputResponses: Object.fromEntries(Object.keys(inputRequests).map((key) => [key, reply])),
    ...(requestState === undefined ? {} : { requestState }),
  };
}

async function waitLate({ clock, lateAnswerMs }: CallerDeps, signal: AbortSignal): Promise<void> {
  // A signal that ends meanwhile shows in the next leg.
  await wait(clock, lateAnswerMs ?? LATE_ANSWER_MS, signal).catch(() => {});
}
