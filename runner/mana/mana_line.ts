// What every request of a persona to the gateway passes: the token of this moment, zone and space, and what is noted of the answer. The
// official transport takes headers once, but tokens and spaces change with each call, so this is the `fetch` that it is given.
import { z } from "zod";
import type { Clock } from "../kit/clock.ts";
import type { PersonPage } from "../sign_in/access.ts";
import type { ManaCall } from "./mana_call.ts";

/** Creates the line of one persona. */
export function createManaLine({ fetch, clock }: LineDeps, who: ManaUser): ManaLine {
  const notes = new Map<string, RequestNote>();
  const state: { status: number; fault: unknown; count: number } = { status: 0, fault: undefined, count: 0 };
  const send = async (url: URL, init: RequestInit, headers: Headers, note: RequestNote | undefined) => {
    const answerTo = async (token: string) => {
      headers.set("authorization", `Bearer ${token}`);
      // A redirect is not followed: the token is for this address.
      return await fetch(url, { ...init, headers, redirect: "manual" });
    };
    if (note?.mischief?.kind === "stale-token") return await answerTo(stale(await who.token()));
    const token = await who.token();
    const response = await answerTo(token);
    if (response.status !== 401) return response;
    // A request that was refused for its token has done nothing, so it can be made again with a fresh one.
    await response.body?.cancel();
    return await answerTo(await who.token(token));
  };
  return Object.freeze({
    headersOf({ profile, note }: { readonly profile?: string | null; readonly note?: RequestNote }) {
      const headers: Record<string, string> = {};
      if (profile !== undefined && profile !== null) headers[PROFILE] = profile;
      if (note !== undefined) {
        headers[NOTE] = String(state.count += 1);
        notes.set(String(state.count), note);
      }
      return headers;
    },
    async fetch(input: string | URL, init: RequestInit = {}) {
      const [url, headers] = [new URL(input), new Headers(init.headers)];
      const profile = headers.get(PROFILE);
      if (profile !== null) url.searchParams.set("profile", profile);
      const note = notes.get(headers.get(NOTE) ?? "");
      notes.delete(headers.get(NOTE) ?? "");
      for (const own of [PROFILE, NOTE]) headers.delete(own);
      headers.set("x-mana-time-zone", who.timeZone);
      if (note?.space !== undefined) headers.set("x-mana-space", note.space);
      state.status = 0;
      const started = clock.elapsed();
      try {
        const response = await send(url, init, headers, note);
        const text = await readWhole(response);
        state.status = response.status;
        if (note !== undefined) Object.assign(note, { status: response.status, error: errorIn(text) });
        const hasBody = ![101, 204, 205, 304].includes(response.status);
        return new Response(hasBody ? text : null, response);
      } catch (error) {
        state.fault = error instanceof Error && error.name === "SignInFault" ? error : state.fault;
        throw error;
      } finally {
        if (note !== undefined) note.ms = clock.elapsed() - started;
      }
    },
    status: () => state.status,
    fault: () => state.fault,
  });
}

/** One persona's line to the gateway. */
export interface ManaLine {
  /** Headers by which {@link ManaLine.fetch} knows what a request is for; they do not leave the runner. */
  headersOf(of: { readonly profile?: string | null; readonly note?: RequestNote }): Record<string, string>;
  readonly fetch: (input: string | URL, init?: RequestInit) => Promise<Response>;
  /** HTTP status of the last answer; 0 where there was none. */
  status(): number;
  /** Why there was no token, once that happened. */
  fault(): unknown;
}

/** Who calls. */
export interface ManaUser {
  /** A token that is good now; another one where `refused` is what the gateway has just refused. */
  token(refused?: string): Promise<string>;
  /** IANA name. */
  readonly timeZone: string;
  /** Where it answers what the gateway asks; undefined: in its client. */
  readonly page?: PersonPage | undefined;
}

/** What {@link createManaLine} needs. */
export interface LineDeps {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

/** One request: what is special about it, and what is noted of its answer. */
export interface RequestNote extends Pick<ManaCall, "space" | "mischief"> {
  /** 0: no answer. */
  status: number;
  /** From sending to the whole answer. */
  ms: number;
  /** The JSON-RPC error of the answer. */
  error: z.infer<typeof RpcError> | null;
}

const RpcError = z.object({
  code: z.number(),
  message: z.string(),
  data: z.object({ reason: z.string().regex(/^[a-z0-9-]{1,64}$/) }).optional().catch(undefined),
});
const Failure = z.object({ error: RpcError });

const NOTE = "x-runner-note";
const PROFILE = "x-runner-profile";
/** The gateway's own cap is far below. */
const MAX_BYTES = 8 * 1024 * 1024;

/** The text of a whole answer. An answer that ends too early throws, so that nobody waits for its rest. */
async function readWhole(response: Response): Promise<string> {
  let text = "";
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.length > MAX_BYTES) throw new TypeError("The answer is too long");
  }
  return text;
}

function errorIn(text: string): z.infer<typeof RpcError> | null {
  const last = text.startsWith("{")
    ? text
    : text.split("\n").findLast((line) => line.startsWith("data: "))?.slice(6);
  try {
    return Failure.parse(JSON.parse(last ?? "")).error;
  } catch {
    return null;
  }
}

/** The token as it would be an hour after its end; its signature cannot hold, so it opens nothing. */
function stale(token: string): string {
  const [head, body, signature] = token.split(".");
  try {
    const claims = z.looseObject({ exp: z.number() }).parse(JSON.parse(decode(body ?? "")));
    const past = btoa(JSON.stringify({ ...claims, exp: claims.exp - 2 * 3600 }));
    return [head, past.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""), signature].join(".");
  } catch {
    return `${token}x`;
  }
}

function decode(part: string): string {
  return atob(part.replaceAll("-", "+").replaceAll("_", "/"));
}
