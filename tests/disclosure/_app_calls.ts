// Calls of connected apps over made-up services: each with the account and the budget that the gateway gives it, at a time of the test's.
import type { Caller } from "../../lib/people/principal.ts";
import {
  createDisclosure,
  type DisclosedCall,
  type DisclosureDeps,
} from "../../lib/disclosure/disclosure.ts";
import type { ReadRecords } from "../../lib/records/records.ts";
import type { ActiveSpace } from "../../lib/spaces/active_space.ts";
import { CALL, callerOf, createHarness, type Harness, notes, personal } from "../records/_harness.ts";
import { write } from "../records/_sealed_notes.ts";

export const PAGE = "https://sign-in.test/apps";

/** How an app of Anna's is called. */
export interface App {
  readonly grantId: string;
  readonly readBudget?: number;
}

/** Anna's notes, and calls of her apps. */
export async function createAppCalls(
  count: number,
  deps: Partial<DisclosureDeps> = {},
): Promise<AppCalls> {
  const h = createHarness();
  for (let index = 0; index < count; index++) {
    await write(h, `n${String(index).padStart(3, "0")}`, `title ${index}`, `text ${index}`);
  }
  const disclosure = createDisclosure({
    clock: { calendar: () => h.clock },
    appsPage: () => Promise.resolve(PAGE),
    ...deps,
  });
  const begin = (app: App | null, isRead: boolean, space: ActiveSpace) => {
    const call: DisclosedCall = {
      caller: app === null ? callerOf("anna") : appCaller(app),
      space,
      actor: { tool: "notes.list", clientName: "App", callId: isRead ? "" : CALL },
      isRead,
      signal: () => new AbortController().signal,
    };
    return { call, account: disclosure.begin(call) };
  };
  return {
    h,
    disclosure,
    async read(app, use, output = () => null, space = personal("anna", "org-anna")) {
      const { call, account } = begin(app, true, space);
      try {
        const { caller } = call;
        const result = await use(h.read({ caller, space, disclosure: account }));
        await disclosure.end(call, account, output(result));
        return { result, remark: account.remark() };
      } finally {
        account.release();
      }
    },
  };
}

/** See {@link createAppCalls}. */
export interface AppCalls {
  readonly h: Harness;
  readonly disclosure: ReturnType<typeof createDisclosure>;
  /** One call that reads; `output` is what its tool answers. */
  read<T>(
    app: App | null,
    use: (records: ReadRecords) => Promise<T>,
    output?: (result: T) => unknown,
    space?: ActiveSpace,
  ): Promise<{ readonly result: T; readonly remark: string | null }>;
}

export function appCaller({ grantId, readBudget }: App): Caller {
  const caller = callerOf("anna");
  const client = {
    id: "client",
    name: "App",
    appKey: "app",
    tokenId: "t",
    grantId,
    ...(readBudget === undefined ? {} : { readBudget }),
  };
  return { ...caller, principal: { ...caller.principal, client } };
}

/** A listing of so many notes. */
export const listing = (limit: number, cursor?: string) => (records: ReadRecords) =>
  records.list(notes, { page: { limit, ...(cursor === undefined ? {} : { cursor }) } });
