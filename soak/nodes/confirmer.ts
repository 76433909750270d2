// A client that asks to delete, and a person who says yes in the client's own form: the question comes from one node, the yes goes
// to another, and now and then to several at once, as a client does that was told nothing and tries again.
import { z } from "zod";
import { modernRequest } from "../../tests/_support/mcp_request.ts";
import { type Answer, readFailure, readResult } from "../answer.ts";
import type { Person } from "../people.ts";
import type { Random } from "../random.ts";
import type { Tally } from "../tally.ts";
import type { Verdicts } from "../verdicts.ts";

/** What {@link createConfirmer} needs. */
export interface ConfirmerDeps {
  readonly name: string;
  readonly url: string;
  readonly person: Person;
  readonly http: Deno.HttpClient;
  readonly random: Random;
  readonly verdicts: Verdicts;
  readonly answers: Tally;
  readonly deeds: Tally;
  /** How often the gateways decided without the store; null where that is not known now. */
  readonly misses: () => Promise<number | null>;
}

/** A deletion that was asked for, and what its yes was answered with each time that it was given. */
export interface ConfirmedDeletion {
  readonly client: string;
  readonly id: string;
  /** Milliseconds of `performance.now()`. */
  readonly from: number;
  readonly to: number;
  readonly told: readonly Answer["kind"][];
  /** Whether a gateway may have decided without the store meanwhile. */
  readonly isAlone: boolean;
}

/** The client. */
export interface Confirmer {
  readonly person: Person;
  step(): Promise<void>;
  readonly deletions: readonly ConfirmedDeletion[];
}

/** How often the same yes is given, one way as often as another. */
const TIMES = [1, 2, 3] as const;
/** A call may take 45 s. */
const PATIENCE_MS = 50_000;

/** Creates the client of a person. */
export function createConfirmer(deps: ConfirmerDeps): Confirmer {
  const { name, random, deeds } = deps;
  const deletions: ConfirmedDeletion[] = [];
  let count = 0;
  return {
    person: deps.person,
    deletions,
    async step() {
      const title = `${deps.person.places[0]?.label} ${name} #${++count}`;
      const made = await callTool(deps, "questions_create", { title });
      const id = made.answer.kind === "ok" ? made.answer.output.id : undefined;
      if (typeof id !== "string") return;
      const misses = await deps.misses();
      const from = performance.now();
      const { question } = await callTool(deps, "questions_delete", { id });
      if (question === null) return;
      const give = () => callTool(deps, "questions_delete", { id }, question);
      const given = await Promise.all(Array.from({ length: random.pick(TIMES) }, give));
      // A client that was told nothing gives it once more.
      if (given.every(({ answer }) => answer.kind === "unknown") || random.chance(0.3)) {
        given.push(await give());
      }
      const told = given.map(({ answer }) => answer.kind);
      const to = performance.now();
      const isAlone = misses === null || await deps.misses() !== misses;
      deletions.push({ client: name, id, from, to, told, isAlone });
      deeds.add(`yes in a form, given ${given.length === 1 ? "once" : "several times"}`);
    },
  };
}

const Asked = z.object({
  result: z.object({ resultType: z.literal("input_required"), requestState: z.string() }),
});
const Answered = z.object({ result: z.unknown() });
const Failed = z.object({ error: z.union([z.object({ message: z.string() }), z.string()]) });
const CLIENT = "io.modelcontextprotocol/clientInfo";
const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
/** What a client is told that has to put a question to the person. */
const QUESTION = { kind: "refused", reason: "the person is asked" } as const;

async function callTool(
  { name, url, person, http, answers, verdicts }: ConfirmerDeps,
  tool: string,
  args: Readonly<Record<string, unknown>>,
  state?: string,
): Promise<{ readonly answer: Answer; readonly question: string | null }> {
  const yes = { requestState: state, inputResponses: { confirm: { action: "accept", content: {} } } };
  const request = modernRequest(
    person.token(),
    "tools/call",
    { name: tool, arguments: args, ...(state === undefined ? {} : yes) },
    { url, meta: { [CLIENT]: { name, version: "1" }, [CAPABILITIES]: { elicitation: { form: {} } } } },
  );
  const { answer, question } = await ask(request, http);
  const reason = answer.kind === "ok" ? "" : ` (${answer.reason})`;
  answers.add(`${answer.kind}${reason}`);
  const evidence = () => `${name} ${tool}: ${answer.kind}${reason}`;
  verdicts.judge("no answer is internal, malformed or a surprise", answer.kind !== "broken", evidence);
  return { answer, question };
}

async function ask(request: Request, client: Deno.HttpClient) {
  const none = (answer: Answer) => ({ answer, question: null });
  let response: Response;
  let text: string;
  try {
    response = await fetch(request, { client, signal: AbortSignal.timeout(PATIENCE_MS) });
    text = await response.text();
  } catch {
    return none({ kind: "unknown", reason: "connection lost" });
  }
  if (response.status >= 400) {
    const error = Failed.safeParse(jsonIn(text)).data?.error;
    const message = typeof error === "string" ? error : error?.message ?? text;
    return none(readFailure({ status: response.status, message }));
  }
  const body = jsonIn(text);
  const asked = Asked.safeParse(body);
  if (asked.success) return { answer: QUESTION, question: asked.data.result.requestState };
  return none(readResult(Answered.safeParse(body).data?.result));
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
