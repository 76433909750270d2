// What is asked of the gateway: the tools that it offers, and one call of a tool.

/** A tool as the gateway lists it. */
export interface OfferedTool {
  /** As it is called, such as `todo_create`. */
  readonly name: string;
  /** Module of the catalogue, such as `todo`. */
  readonly module: string;
  readonly description: string;
  readonly inputSchema: Readonly<Record<string, unknown>>;
  readonly outputSchema: Readonly<Record<string, unknown>> | null;
  /** Whether it only reads (`readOnlyHint`): such calls of one turn run at once, the others one after the other. */
  readonly isReadOnly: boolean;
}

/** One call. */
export interface ManaCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** A shared space; the personal one by default. */
  readonly space?: string;
  /**
   * How the persona answers when the gateway asks: by default `no` to what deletes, and `yes` to everything else that waits for the
   * persona's word on its page.
   */
  readonly answer?: "yes" | "no" | "nothing" | "late";
  /** How the call is made badly on purpose; in the usual way by default. */
  readonly mischief?: Mischief;
}

/** A call that an honest client would never make. */
export type Mischief =
  | { readonly kind: "stale-token" }
  | { readonly kind: "hang-up" }
  /** The body of the `tools/call` request as it stands, such as one with a key twice. */
  | { readonly kind: "raw-body"; readonly body: string };
