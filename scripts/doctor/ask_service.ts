/** Longer than this nobody waits at a terminal. */
const TIMEOUT_MS = 5_000;

/** What a service is asked with. */
export interface AskDeps {
  readonly fetch: typeof fetch;
}

/** What came back. */
export interface Asked {
  /** The HTTP status, 0 when nothing came back. */
  readonly status: number;
  /** Null where the body is no JSON. */
  readonly json: unknown;
  /** The answer's Date header in milliseconds, null when there is none. */
  readonly date: number | null;
  /** What to tell of it. */
  readonly why: string;
}

/** Asks a service once. Never throws: what went wrong is in `why`, with a status of 0 where nothing came back. */
export async function askService(
  deps: AskDeps,
  url: string,
  headers: Record<string, string> = {},
): Promise<Asked> {
  try {
    const response = await deps.fetch(url, {
      headers,
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    const date = Date.parse(response.headers.get("date") ?? "");
    return {
      status: response.status,
      json: parsed(text),
      date: Number.isNaN(date) ? null : date,
      why: `it answers ${response.status}`,
    };
  } catch (error) {
    const why = error instanceof DOMException ? "it does not answer in time" : "it cannot be reached";
    return { status: 0, json: null, date: null, why };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
