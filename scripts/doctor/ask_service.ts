// One question to a service, for a person at a terminal. Never throws and never follows a redirect.

/** Asks a service once, by POST where there is a form. A failure is told in `why`, with a status of 0 where no answer came. */
export async function askService(
  deps: { readonly fetch: typeof fetch },
  url: string,
  headers: Record<string, string> = {},
  form?: URLSearchParams,
): Promise<ServiceAnswer> {
  try {
    const response = await deps.fetch(url, {
      headers,
      redirect: "manual",
      ...(form === undefined ? {} : { method: "POST", body: form }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    const date = Date.parse(response.headers.get("date") ?? "");
    const { status } = response;
    return {
      status,
      json: parseJson(text),
      date: Number.isNaN(date) ? null : date,
      why: status >= 300 && status < 400
        ? `it answers ${status}, a redirect, which is never followed`
        : `it answers ${status}`,
    };
  } catch (error) {
    const why = error instanceof DOMException ? "it does not answer in time" : "it cannot be reached";
    return { status: 0, json: null, date: null, why };
  }
}

/** The answer of a service, or the lack of it. */
export interface ServiceAnswer {
  /** The HTTP status, 0 when no answer came. */
  readonly status: number;
  /** Null where the body is no JSON. */
  readonly json: unknown;
  /** The answer's Date header in milliseconds since 1970, null when there is none. */
  readonly date: number | null;
  /** A sentence for the person. */
  readonly why: string;
}

/** The longest wait that people put up with at a terminal. */
const TIMEOUT_MS = 5_000;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
