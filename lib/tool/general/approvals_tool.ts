// approvals.get: what came of a call that has to wait for the person. A connection sees its own calls alone.
import { z } from "zod";
import { Refused } from "../../kit/errors.ts";
import { defineTool, type Tool } from "../define_tool.ts";

/** Creates it. */
export function createApprovalsTool(): Tool {
  return defineTool({
    name: "approvals.get",
    title: "See what the person decided",
    access: "read",
    scope: "general",
    isForWriters: true,
    usesRecords: false,
    description: "What the person has decided about a call that needed their yes.",
    input: z.object({ id: z.string().max(64) }),
    output: z.looseObject({
      status: z.enum(["open", "done", "declined", "expired", "unknown"]),
    }),
    async run({ id }, { approvals }) {
      const answer = await approvals.get(id);
      if (answer === null) throw new Refused({ reason: "record-not-found", record: "approval", id });
      return { ...answer };
    },
  });
}

/** What a question of this connection has come to. */
export interface ApprovalAnswers {
  /** Null where this connection has asked nothing of this id. Throws what the own records throw. */
  get(id: string): Promise<ApprovalAnswer | null>;
}

/** What a question has come to. */
export interface ApprovalAnswer {
  readonly status: "open" | "done" | "declined" | "expired" | "unknown";
  /** Of one that still waits: where the person decides. */
  readonly url?: string;
  /** Of one that is done: what the tool answers. */
  readonly result?: Record<string, unknown>;
}
