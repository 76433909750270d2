// The Messages API over fetch: one request with its retries. What it tells of a failure are the status and the API's word for the kind of
// error; the texts of a conversation are in no error, log or metric. Server-side threads are never used: each request holds everything.
import { BrainFault } from "../../brain/brain.ts";
import { readCapped } from "../../kit/read_capped.ts";
import type { Budget } from "./budget.ts";
import { type Answer, type Block, parseAnswer, readErrorType, type Usage } from "./messages_answer.ts";
import type { ToolDefinition } from "./offered_tools.ts";
import { waitBeforeRetry } from "./retry.ts";

export type { Answer, Block, ToolUse } from "./messages_answer.ts";

/** What the API is reached by. */
export interface MessagesApiDeps {
  /** `ANTHROPIC_BASE_URL`, without `/v1`. */
  readonly baseUrl: string;
  /** `ANTHROPIC_API_KEY`: sent in one header, and nowhere else. */
  readonly apiKey: string;
  /** `PERSONA_MODEL`. */
  readonly model: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  /** Waits, and throws the signal's reason when it ends before. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Longest time for one answer, in milliseconds. */
  readonly answerMs?: number;
  readonly budget: Budget;
  readonly onTokens: (kind: keyof Usage, tokens: number) => void;
}

/** A message of a conversation. */
export interface Message {
  readonly role: "user" | "assistant";
  readonly content: readonly Block[];
}

/** A conversation so far, and what the model may answer with. */
export interface ModelRequest {
  readonly system: string;
  readonly tools: readonly ToolDefinition[];
  readonly messages: readonly Message[];
  /** The tool that the answer has to call. */
  readonly forcedTool?: string;
}

/** Asks a model. */
export interface MessagesApi {
  /** The model's next answer. Throws `BrainFault` where none comes, and the signal's reason when it ends. */
  ask(request: ModelRequest, signal: AbortSignal): Promise<Answer>;
}

/** The API's own name for this form of requests and answers. */
const VERSION = "2023-06-01";
/** Tokens of one answer: a few calls, each with a page of text. */
const MAX_OUTPUT_TOKENS = 4_096;
/** An answer of {@link MAX_OUTPUT_TOKENS} has some 20 KB; whatever is longer is no answer. */
const ANSWER_CHARACTERS = 262_144;
const ANSWER_MS = 120_000;
const MAX_RETRIES = 3;
/** Bytes of a request that are taken for a token: few, so that a reservation is rather too large. */
const BYTES_PER_TOKEN = 3;

/** Makes the client. It keeps nothing between two requests but the budget. */
export function createMessagesApi(deps: MessagesApiDeps): MessagesApi {
  return {
    async ask(request, signal) {
      const body = JSON.stringify(toBody(deps.model, request));
      for (let retries = 0;; retries++) {
        signal.throwIfAborted();
        const attempt = await askOnce(deps, body, signal);
        if ("answer" in attempt) return attempt.answer;
        const waitMs = retries === MAX_RETRIES ? null : waitBeforeRetry(attempt, retries, deps.now());
        if (waitMs === null) throw new BrainFault("model", attempt.words);
        await deps.wait(waitMs, signal);
      }
    },
  };
}

/** What one request came to. */
type Asked = { readonly answer: Answer } | Refusal;

/** No answer. */
export interface Refusal {
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** `Retry-After` as it stands. */
  readonly retryAfter: string | null;
  /** Fixed words. */
  readonly words: string;
}

async function askOnce(deps: MessagesApiDeps, body: string, signal: AbortSignal): Promise<Asked> {
  const estimate = Math.ceil(new TextEncoder().encode(body).length / BYTES_PER_TOKEN) + MAX_OUTPUT_TOKENS;
  const reservation = deps.budget.reserve(estimate);
  if (reservation === null) throw new BrainFault("budget", "the day's budget of tokens is spent");
  const { status, headers, text } = await post(deps, body, signal);
  if (status !== 200) {
    // The API takes no tokens for a request that it refuses; where nothing came back, nobody knows.
    if (status !== 0) reservation.settle(0);
    const kind = status === 0 ? "gave no answer" : `answered ${status}${readErrorType(text)}`;
    return { status, retryAfter: headers.get("retry-after"), words: `the model's host ${kind}` };
  }
  const answer = text === undefined ? null : parseAnswer(text);
  if (answer === null) {
    throw new BrainFault("model", "the model's host answered with something else than a message");
  }
  const { usage } = answer;
  if (usage !== null) {
    reservation.settle(usage.input + usage.output + usage.cache_write + usage.cache_read);
    for (const kind of KINDS) deps.onTokens(kind, usage[kind]);
  }
  if (answer.isRefused) throw new BrainFault("model", "the model declined to go on");
  return { answer };
}

const KINDS = ["input", "output", "cache_write", "cache_read"] as const;

interface Posted {
  readonly status: number;
  readonly headers: Headers;
  /** Absent where it is too long or broke off. */
  readonly text: string | undefined;
}

async function post(deps: MessagesApiDeps, body: string, signal: AbortSignal): Promise<Posted> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), deps.answerMs ?? ANSWER_MS);
  try {
    const response = await deps.fetch(`${deps.baseUrl.replace(/\/+$/, "")}/v1/messages`, {
      method: "POST",
      // The key must not follow to another host.
      redirect: "error",
      headers: { "content-type": "application/json", "x-api-key": deps.apiKey, "anthropic-version": VERSION },
      body,
      signal: AbortSignal.any([signal, late.signal]),
    });
    const text = await readCapped(response, ANSWER_CHARACTERS);
    return { status: response.status, headers: response.headers, text };
  } catch {
    signal.throwIfAborted();
    return { status: 0, headers: new Headers(), text: undefined };
  } finally {
    clearTimeout(timer);
  }
}

/** Marks the ends of what stays the same from request to request: the API reads it from its cache then, at a tenth of the price. */
const CACHED = { cache_control: { type: "ephemeral" } };

function toBody(model: string, { system, tools, messages, forcedTool }: ModelRequest): unknown {
  return {
    model,
    max_tokens: MAX_OUTPUT_TOKENS,
    system: [{ type: "text", text: system, ...CACHED }],
    ...(tools.length === 0 ? {} : { tools }),
    ...(forcedTool === undefined
      ? {}
      : { tool_choice: { type: "tool", name: forcedTool, disable_parallel_tool_use: true } }),
    messages: messages.map((message, index) =>
      index < messages.length - 1 ? message : { ...message, content: markLast(message.content) }
    ),
  };
}

function markLast(content: readonly Block[]): readonly Block[] {
  return content.map((block, index) => index < content.length - 1 ? block : { ...block, ...CACHED });
}
