// What came of one call at the gateway, measured by the runner itself.

/** What came of one call. */
export interface Outcome {
  /**
   * `ok`: the tool did its work. `refused`: the gateway answered no, with words for a model (a tool error, a protocol error, 4xx).
   * `failed`: no proper answer came: 5xx, no connection, not JSON, a result that does not fit the tool's own schema.
   */
  readonly result: "ok" | "refused" | "failed";
  /** HTTP status; 0 where no answer came. */
  readonly status: number;
  /** The gateway's reason code, such as `rate-limit-exceeded`; null where it gave none. */
  readonly code: string | null;
  /** What a model is shown: the text blocks of the result, or the words of the refusal. Never posted or logged. */
  readonly text: string;
  /** The result's `structuredContent`; undefined where it has none. Never posted or logged. */
  readonly structured: unknown;
  /** From sending the request to the whole answer, in milliseconds. */
  readonly latencyMs: number;
}
