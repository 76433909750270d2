// The gateway's door over HTTP: one question with the person's own token and a page token, and its answer, bounded in time and size
// and never redirected. What goes wrong is a code; no text of an answer is logged. Contract: auth-vault, section 13.
import { z } from "zod";
import { mediaType } from "../http/media_type.ts";
import { readCappedBody } from "../http/read_capped_body.ts";
import { GATEWAY_ANSWER_BYTES, GATEWAY_ANSWER_MS } from "../kit/limits.ts";
import type { ServiceLog } from "../kit/service_log.ts";
import { type People, type SignedIn, typeOfSpace } from "../people/people.ts";
import { DecidedForm } from "./decided_form.ts";
import type {
  DecisionAction,
  DoorAction,
  DoorAnswer,
  DoorBody,
  GatewayDoor,
  PageAction,
} from "./gateway_door.ts";
import type { MintPageToken } from "./page_tokens.ts";

/** Creates the door. */
export function createHttpDoor(deps: HttpDoorDeps): GatewayDoor {
  return {
    async ask(person: SignedIn, action: DoorAction, body: DoorBody, form?: DecidedForm): Promise<DoorAnswer> {
      const isDecision = DECISIONS.has(action);
      // Whoever comes here without a form would decide in the person's place (a link that a scanner opens, CSRF).
      if (isDecision && !DecidedForm.isOne(form)) {
        throw new TypeError("A decision needs the form of the person");
      }
      return await ask(deps, person, { action, kind: isDecision ? "decision" : "page", body });
    },
  };
}

/** What the door is made of. */
export interface HttpDoorDeps {
  /** Base URL of the gateway, without a slash at the end. */
  readonly gatewayUrl: string;
  readonly mintPageToken: MintPageToken;
  readonly people: Pick<People, "mintOwnToken" | "spacesOf">;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Milliseconds; GATEWAY_ANSWER_MS by default. */
  readonly patienceMs?: number | undefined;
  readonly log: ServiceLog;
}

const DECISIONS: ReadonlySet<string> = new Set<DecisionAction>(["approvals/decide", "undo/apply"]);

/** Actions that touch no record: nobody has to be asked for the spaces first. */
const NO_SPACES: ReadonlySet<string> = new Set<PageAction>(["access/changed"]);

interface Question {
  readonly action: string;
  readonly kind: "page" | "decision";
  readonly body: DoorBody;
}

async function ask(deps: HttpDoorDeps, person: SignedIn, question: Question): Promise<DoorAnswer> {
  const { action, kind } = question;
  // An auth service need not tell the gateway the spaces of this token; to the person's session it has told them.
  const spaces = NO_SPACES.has(action) ? {} : { spaces: await listSpaces(deps, person) };
  const body = JSON.stringify({ ...question.body, ...spaces });
  const { token } = await deps.people.mintOwnToken(person);
  const pageToken = await deps.mintPageToken({ userId: person.userId, kind, action, body });
  const { status, json } = await send(deps, action, body, {
    authorization: `Bearer ${token}`,
    "mana-page-token": pageToken,
  });
  if (status === 200 && json !== undefined) return { isOk: true, body: json };
  const code = codeOf(status, json);
  // What the contract does not foresee: an operator has to find out, most often that MANA_MCP_RESOURCE or ALLOWED_HOSTS is wrong.
  if (code === undefined || OURS.has(code)) deps.log({ event: "gateway-answer", action, status });
  return { isOk: false, code: code ?? "gateway-down", body: json };
}

async function listSpaces({ people }: HttpDoorDeps, person: SignedIn) {
  const spaces = await people.spacesOf({ kind: "session", ...person });
  return spaces.map((space) => ({
    id: space.id,
    name: space.name.slice(0, MAX_NAME_CHARS),
    type: typeOfSpace(space)?.slice(0, MAX_TYPE_CHARS),
  }));
}

/** Characters of a space's name and type that the gateway takes. */
const MAX_NAME_CHARS = 200;
const MAX_TYPE_CHARS = 64;

/** Refusals that this server has caused: its question was not as the gateway takes them. */
const OURS: ReadonlySet<string> = new Set(["input", "unauthorized"]);

/** The code of an answer that is none; `undefined` for an answer that the contract does not foresee. */
function codeOf(status: number | "down" | "late", json: unknown): string | undefined {
  if (status === "down") return "gateway-down";
  if (status === "late" || status === 200) return "gateway-late";
  const code = Refused.safeParse(json).data?.error.code;
  if (code === "interrupted") return "gateway-late";
  return code === "busy" ? "gateway-down" : code;
}

const Refused = z.object({ error: z.object({ code: z.string() }) });

async function send(
  deps: HttpDoorDeps,
  action: string,
  body: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number | "down" | "late"; readonly json: unknown }> {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), deps.patienceMs ?? GATEWAY_ANSWER_MS);
  let isAnswering = false;
  try {
    const answer = await deps.fetch(`${deps.gatewayUrl}/person/${action}`, {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/json", ...headers },
      redirect: "manual", // a token must not follow a redirect to another host
      signal: patience.signal,
      body,
    });
    isAnswering = true;
    if (mediaType(answer.headers) !== "application/json") {
      await answer.body?.cancel();
      return { status: answer.status, json: undefined };
    }
    const text = await readCappedBody(answer, GATEWAY_ANSWER_BYTES, { signal: patience.signal });
    if (patience.signal.aborted) return { status: "late", json: undefined };
    return { status: answer.status, json: text.ok ? JSON.parse(text.text) : undefined };
  } catch {
    // The error's text names the host at best, and may quote what was sent.
    return { status: isAnswering || patience.signal.aborted ? "late" : "down", json: undefined };
  } finally {
    clearTimeout(timer);
  }
}
