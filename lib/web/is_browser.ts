// Whether a person looks at an answer or a program reads it, by the headers of the request alone (RFC 9110 section 12.5.1).

/**
 * Whether a person looks: a browser asks for a page first of all. An MCP client names a stream or JSON in `Accept`, and gets what the
 * protocol says, whatever else stands beside it.
 */
export function isBrowser({ method, headers }: Request): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  const ranges = (headers.get("accept") ?? "").toLowerCase().split(",").map(mediaRange);
  const page = ranges.find(({ type }) => type === "text/html");
  return page !== undefined && page.weight > 0 &&
    ranges.every(({ type, weight }) => !OF_PROGRAMS.has(type) && weight <= page.weight);
}

const OF_PROGRAMS: ReadonlySet<string> = new Set(["application/json", "text/event-stream"]);

/** A type of an `Accept` header, in lower case, and how much it is wanted: 1 unless the header says less, NaN where it says nonsense. */
function mediaRange(range: string): { readonly type: string; readonly weight: number } {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
  const weight = parameters.find((parameter) => parameter.startsWith("q="));
  return { type, weight: weight === undefined ? 1 : Number(weight.slice(2)) };
}
