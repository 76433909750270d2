// The door for the sign-in server's pages: POST /person/<action>. Whoever comes without a page token finds nothing here, exactly
// as at a path that is not there. No page of a browser ever gets an answer (no CORS). Contract: auth-vault 13.
import { createDeadline } from "../calls/deadline.ts";
import type { Authenticator } from "../entry/authenticate.ts";
import type { RequestLog, RequestLogs } from "../entry/request_log.ts";
import type { AddressShare, Connection } from "../http/address_share.ts";
import { demandCompactJws } from "../http/bearer.ts";
import { readBody } from "../http/read_body.ts";
import { refusalResponse } from "../http/refusal_response.ts";
import { type IntakeDeps, RequestIntake } from "../http/request_intake.ts";
import type { Clock } from "../kit/clock.ts";
import { type Refusal, Refused } from "../kit/errors.ts";
import {
  BODY_TIMEOUT_MS,
  MAX_PERSON_BODY_BYTES,
  MAX_TOKEN_CHARS,
  PERSON_ACTION_TIMEOUT_MS,
} from "../kit/limits.ts";
import type { Hide } from "../kit/secret.ts";
import { errorClass } from "../observe/error_class.ts";
import type { Log } from "../observe/log.ts";
import type { Metrics } from "../observe/metrics.ts";
import type { Pseudonyms } from "../observe/pseudonyms.ts";
import type { PageClaims, PageTokens } from "../people/page_tokens.ts";
import { type Caller, principalKey } from "../people/principal.ts";
import type { RequestContext } from "../people/request_context.ts";
import { withToldSpaces } from "./told_spaces.ts";
import { pageAnswer, pageFault } from "./page_answers.ts";
import type { PersonAction } from "./person_action.ts";

/** The door, and what is behind it at the moment. */
export interface PersonDoor {
  /** Whether a request is for this door: below `/person/`, or below the path of the public address and `/person/`. */
  isMeant(request: Request): boolean;
  /** Answers a request. Never throws. */
  fetch(request: Request, connection?: Connection): Promise<Response>;
  /** Actions that run. */
  inFlight(): number;
  /** Resolves as soon as no action runs. */
  drained(): Promise<void>;
  /** Ends the actions that run. */
  abort(): void;
}

/** Dependencies of {@link createPersonDoor}. */
export interface PersonDoorDeps extends IntakeDeps {
  readonly actions: readonly PersonAction[];
  /** Path of the gateway's public address; empty where it has none. */
  readonly basePath: string;
  readonly pageTokens: PageTokens;
  readonly authenticate: Authenticator;
  readonly addresses: AddressShare;
  readonly requestLogs: RequestLogs;
  readonly pseudonyms: Pseudonyms;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
  readonly hide: Hide;
}

/** Where the door is. */
const PERSON_PATH = "/person/";

/** Creates the door to these actions, with none running. */
export function createPersonDoor(deps: PersonDoorDeps): PersonDoor {
  const actions = new Map(deps.actions.map((action) => [action.name, action]));
  const state: State = { stopping: new AbortController(), running: 0, waiting: [] };
  const placeOf = (url: string): number => {
    const start = url.indexOf("/", url.indexOf("://") + 3);
    if (url.startsWith(PERSON_PATH, start)) return start + PERSON_PATH.length;
    const path = deps.basePath + PERSON_PATH;
    return deps.basePath !== "" && url.startsWith(path, start) ? start + path.length : -1;
  };
  return Object.freeze({
    isMeant: ({ url }: Request) => placeOf(url) !== -1,
    async fetch(request: Request, connection?: Connection): Promise<Response> {
      const { method, url } = request;
      const action = method === "POST" ? actions.get(url.slice(placeOf(url))) : undefined;
      // A server sends no Origin: a page in a browser is turned away before its token is read.
      if (action === undefined || request.headers.has("origin")) return nothingHere();
      return await answer(deps, state, action, request, connection);
    },
    inFlight: () => state.running,
    drained: () =>
      state.running === 0
        ? Promise.resolve()
        : new Promise<void>((resolve) => void state.waiting.push(resolve)),
    abort: () => state.stopping.abort(),
  });
}

interface State {
  readonly stopping: AbortController;
  running: number;
  /** Told as soon as no action runs. */
  readonly waiting: (() => void)[];
}

function nothingHere(): Response {
  return refusalResponse({ reason: "not-found" });
}

/** The catch site of the pages: a refusal in its code, anything else as `failed`, its text unseen. */
async function answer(
  deps: PersonDoorDeps,
  state: State,
  action: PersonAction,
  request: Request,
  connection: Connection | undefined,
): Promise<Response> {
  const route = PERSON_PATH + action.name;
  const log = deps.requestLogs.begin(request, route);
  const started = deps.clock.elapsed();
  let intake: RequestIntake | undefined;
  let outcome = "success";
  try {
    deps.addresses.demandRoom(connection);
    const admitted = await deps.addresses.during(connection, admit(deps, action, request, log));
    intake = new RequestIntake(deps, principalKey(admitted.requestContext.caller.principal));
    await intake.arrived();
    const response = pageAnswer(await run(deps, state, action, admitted, request));
    log.answered(response.status);
    noteDone(deps, route, admitted.requestContext, started);
    return response;
  } catch (thrown) {
    const refusal: Refusal = thrown instanceof Refused ? thrown.refusal : { reason: "internal" };
    outcome = refusal.reason;
    log.refused(refusal, route, thrown instanceof Refused ? undefined : errorClass(thrown));
    return refusal.reason === "page-token-refused" ? nothingHere() : pageFault(refusal);
  } finally {
    intake?.end();
    deps.metrics.personAction(action.name, outcome, (deps.clock.elapsed() - started) / 1000);
  }
}

/** Who asks, and what. */
interface Admitted {
  readonly requestContext: RequestContext;
  /** The person, with the spaces that the sign-in server has told. */
  readonly caller: Caller;
  readonly json: unknown;
}

/**
 * The page token first, then whether it is for this body; then the person's own token, and whether both are of the same person.
 * Throws Refused `page-token-refused` before anything else can be learnt here, then `token-*`, `input-invalid` or `upstream-failed`.
 */
async function admit(
  deps: PersonDoorDeps,
  action: PersonAction,
  request: Request,
  log: RequestLog,
): Promise<Admitted> {
  const page = await pageOf(deps, action, request, log);
  const limits = { maxBytes: MAX_PERSON_BODY_BYTES, timeoutMs: BODY_TIMEOUT_MS, clock: deps.clock };
  const body = await readBody(request, limits);
  if (!page.isFor(body)) throw new Refused({ reason: "page-token-refused", fault: "body-other" });
  const requestContext = log.known(await deps.authenticate(log.arrival));
  const { subject, client, scopes, isDelegated } = requestContext.caller.principal;
  // An exchanged token is a token of the person, too, and services see it: an app's, by the sign of `act` or of its scopes.
  if (client !== null || scopes !== null || isDelegated) throw new Refused({ reason: "token-not-own" });
  if (subject !== page.subject) throw new Refused({ reason: "page-token-refused", fault: "person-other" });
  const { caller, json } = withToldSpaces(requestContext.caller, parse(body));
  return { requestContext, caller, json };
}

/** Throws Refused `page-token-refused` whatever is wrong, also where nobody can be asked for keys: what is unknown stays closed. */
async function pageOf(
  { pageTokens, hide }: PersonDoorDeps,
  action: PersonAction,
  { headers }: Request,
  { arrival }: RequestLog,
): Promise<PageClaims> {
  const token = headers.get("mana-page-token") ?? "";
  if (token === "" || token.length > MAX_TOKEN_CHARS) {
    throw new Refused({ reason: "page-token-refused", fault: "token-missing" });
  }
  try {
    const presented = hide(token);
    demandCompactJws(presented);
    return await pageTokens.verify(presented, { kind: action.kind, action: action.name }, arrival.tally);
  } catch (cause) {
    if (!(cause instanceof Refused)) throw cause;
    throw new Refused({ reason: "page-token-refused", fault: cause.refusal.reason }, { cause });
  }
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch (cause) {
    throw new Refused({ reason: "input-invalid", problems: ["the body"] }, { cause });
  }
}

async function run(
  { clock }: PersonDoorDeps,
  state: State,
  action: PersonAction,
  { caller, json }: Admitted,
  request: Request,
): Promise<object> {
  // A decision goes on when its asker has gone: half of it may be stored.
  const client = action.kind === "page" ? request.signal : new AbortController().signal;
  const deadline = createDeadline(() => client, state.stopping.signal, PERSON_ACTION_TIMEOUT_MS);
  state.running += 1;
  try {
    const call = { caller, now: clock.calendar() };
    return await action.answer(json, {
      ...call,
      get signal() {
        return deadline.signal();
      },
    });
  } finally {
    deadline.end();
    state.running -= 1;
    if (state.running === 0) { for (const resume of state.waiting.splice(0)) resume(); }
  }
}

function noteDone(
  { log, clock, pseudonyms }: PersonDoorDeps,
  route: string,
  { caller, traceId }: RequestContext,
  started: number,
): void {
  log.info("page", {
    traceId,
    person: pseudonyms.person(principalKey(caller.principal)),
    route,
    status: 200,
    ms: Math.round((clock.elapsed() - started) * 10) / 10,
  });
}
