// What the lists of resources and their reads are made of, as MCP has it. Both kinds of resource share it: records and views.

/** One entry of `resources/list`. */
export interface ResourceEntry {
  readonly uri: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: string;
  readonly _meta?: Readonly<Record<string, unknown>>;
}

/** One entry of `resources/templates/list`. */
export interface ResourceTemplate {
  readonly uriTemplate: string;
  readonly name: string;
  readonly title: string;
  readonly mimeType: string;
}

/** One part of the answer to `resources/read`. */
export interface ResourceContents {
  readonly uri: string;
  readonly mimeType: string;
  readonly text: string;
  readonly _meta?: Readonly<Record<string, unknown>>;
}

/** The answer to `resources/read`. */
export type ResourceRead = {
  readonly contents: ResourceContents[];
  readonly _meta?: Record<string, unknown>;
  /** For how long a client may keep the answer, and whether for others as well; since 2026-07-28. */
  readonly ttlMs?: number;
  readonly cacheScope?: "public" | "private";
};
