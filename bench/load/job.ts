import { z } from "zod";

/** One kind of request of a job. */
const Shape = z.object({
  method: z.enum(["GET", "POST", "DELETE"]),
  path: z.string().startsWith("/"),
  /** Without `host`, `content-length` and what the person and the session add. */
  headers: z.record(z.string(), z.string()),
  body: z.string(),
  /** Text that every right answer has in its body. */
  marker: z.string().min(1),
});

/** What the load generator is asked to do. */
export const Job = z.object({
  /** `127.0.0.1:<port>`. */
  host: z.string(),
  /** Requests under way at once, each on a connection of its own. */
  connections: z.int().positive(),
  /** One bearer token per person; connection `i` is person `i`, `i + connections`, … in turn. */
  tokens: z.array(z.string()).min(1),
  /** Sent in this order, over and over; connection `i` starts at the `i`th. */
  requests: z.array(Shape).min(1),
  /**
   * Whether each connection opens a session first, by `initialize` of this revision; the sessions are ended afterwards
   * unless `keep`. Null for none.
   */
  session: z.object({ revision: z.string(), keep: z.boolean() }).nullable(),
  /** Before what counts: each connection sends this many requests. */
  warmUpRequests: z.int().nonnegative(),
  /** Ends by time, or, when each person has sent every kind of request once, by `passes`. */
  until: z.union([z.object({ ms: z.number().positive() }), z.object({ passes: z.int().positive() })]),
  /**
   * Whether the generator never sleeps while it sends. Waking a sleeping client is work of the system that is charged to the
   * server which answers it, so that only a server slow enough to let the client sleep would pay. Takes a processor of its
   * own: not for work in which another process (a service) has its part.
   */
  awake: z.boolean(),
  /**
   * Each connection waits before each request for a random time up to this many milliseconds, which is not measured; 0 for
   * none. Without it clients of a service that takes a fixed time fall into step: what one event loop is asked all at once
   * it answers all at once, and the size of the crowd is what is measured.
   */
  pauseMs: z.number().nonnegative(),
  /** Every so many answers of a connection are parsed as a whole; the others are searched for the marker. */
  parseEvery: z.int().positive(),
});

/** See {@link Job}. */
export type Job = z.infer<typeof Job>;
/** See {@link Job}. */
export type RequestShape = z.infer<typeof Shape>;

/** What came of a job. Latencies are of single requests, in milliseconds. */
export const JobResult = z.object({
  requests: z.int(),
  seconds: z.number(),
  p50Ms: z.number(),
  p99Ms: z.number(),
  maxMs: z.number(),
  /** Bytes of the last body, to tell answers of another size. */
  bodyBytes: z.int(),
});

/** See {@link JobResult}. */
export type JobResult = z.infer<typeof JobResult>;

/** Lines to the load generator. */
export const Command = z.discriminatedUnion("do", [
  z.object({ do: z.literal("prepare"), job: Job }),
  z.object({ do: z.literal("run") }),
  z.object({ do: z.literal("finish") }),
]);

/** Lines from the load generator. */
export const Reply = z.discriminatedUnion("did", [
  z.object({ did: z.literal("prepare") }),
  z.object({ did: z.literal("run"), result: JobResult }),
  z.object({ did: z.literal("finish") }),
  z.object({ did: z.literal("fail"), problem: z.string() }),
]);
