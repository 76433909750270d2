/**
 * What every client is asked to call, and what a bare request was answered with in a world of its own: for every tool a usual result, a
 * note, a long list, refusals. A candidate that comes to something else than it is meant for is left out.
 */
import { z } from "zod";
import type { Tool } from "../../../lib/tool/define_tool.ts";
import { modernRequest } from "../../_support/mcp_request.ts";
import { RESOURCE } from "../../_support/oauth_flow.ts";
import { handedOf } from "../protocol_answers.ts";
import {
  CALLED,
  CALLS_OUT_OF_SCOPE,
  callsAmongOthers,
  invalidCall,
  listedName,
  longCalls,
  NO_ID,
  NONSENSE,
  suspiciousCalls,
  unknownCall,
  usualCalls,
} from "./candidates.ts";
import { createToolWorld, EVERY, type ToolWorld } from "./tool_world.ts";

type Args = Readonly<Record<string, unknown>>;

/** What a call is to come to. */
export type Kind =
  | "a usual result"
  | "a note"
  | "a long list"
  | "part of the records"
  | "an argument that is not there"
  | "an unknown id"
  | "a change that the person does not allow"
  | "a scope that is missing";

/** One call. */
export interface ToolCall {
  readonly server: keyof ToolWorld["tokens"];
  /** As listed. */
  readonly tool: string;
  readonly args: Args;
  readonly kind: Kind;
  /** What a bare request was answered with. */
  readonly bare: BareAnswer;
}

/** An answer as the gateway gives it to whoever asks. */
export type BareAnswer = Readonly<{ text: string; structured?: unknown; isError: boolean }>;

/** The words that each kind must have, in the text. */
export const WORDS: Readonly<Record<Kind, RegExp>> = {
  "a usual result": /^\{/,
  "a note": /^\{"remarks":\["Note from the gateway: /,
  "a long list": /^\{[^]{15000}/,
  "part of the records": /^\{"remarks":\[".*the person shows this app only some of these records/,
  // The way out of a wrong argument is the name of the argument.
  "an argument that is not there": new RegExp(`^The arguments are invalid: .*${NONSENSE}`),
  "an unknown id": new RegExp(`^No [a-z -]+ with id "${NO_ID}" exists in this space: list them first\\.$`),
  "a change that the person does not allow": /page|person|connect/,
  "a scope that is missing": /connect again and allow [a-z]+:[a-z]+\./,
};

/** Kinds of calls that are refused. */
export const REFUSED: ReadonlySet<Kind> = new Set<Kind>([
  "an argument that is not there",
  "an unknown id",
  "a change that the person does not allow",
  "a scope that is missing",
]);

/** A stage of the plan: calls between which the person does nothing. */
export interface Stage {
  readonly calls: readonly ToolCall[];
  /** Whether the person shows apps only a part of her records meanwhile. */
  readonly isNarrowed: boolean;
}

/** Makes the plan, by asking a world of its own. */
export async function makeToolPlan(): Promise<readonly Stage[]> {
  await using world = await createToolWorld();
  const usual = new Map<string, Args>();
  const readers = CALLED.filter(({ access }) => access === "read");
  const writers = CALLED.filter(({ access }) => access === "write");
  const deleters = CALLED.filter(({ access }) => access === "destructive");
  const choose = (tool: Tool, kind: Kind, candidates: readonly Args[]) =>
    chooseCall(world, listedName(tool), kind, candidates);
  const chooseUsual = async (tool: Tool) => {
    const chosen = await choose(tool, "a usual result", usualCalls(tool));
    for (const { args } of chosen) usual.set(tool.name, args);
    return chosen;
  };
  const argsOf = (tool: Tool) => usual.get(tool.name) ?? usualCalls(tool)[0] ?? {};
  const first = [
    ...await each(readers, chooseUsual),
    ...await each(readers, (tool) => choose(tool, "a note", callsAmongOthers(argsOf(tool)))),
    ...await each(readers, (tool) => choose(tool, "a long list", longCalls(tool, argsOf(tool)))),
    ...await each(
      CALLED,
      (tool) => choose(tool, "an argument that is not there", [invalidCall(argsOf(tool))]),
    ),
    ...await each(CALLED, (tool) => {
      const args = unknownCall(tool);
      return args === null ? Promise.resolve([]) : choose(tool, "an unknown id", [args]);
    }),
  ];
  world.narrow();
  const narrowed = [
    ...await each(readers, (tool) => choose(tool, "part of the records", [argsOf(tool)])),
    ...await each(
      [...writers, ...deleters],
      (tool) => choose(tool, "a change that the person does not allow", usualCalls(tool)),
    ),
  ];
  world.widen();
  const last = [
    ...await each(writers, chooseUsual),
    ...await each(writers, (tool) => choose(tool, "a note", suspiciousCalls(tool, argsOf(tool)))),
    ...await each(deleters, chooseUsual),
    ...await outOfScope(world),
  ];
  return [
    { calls: first, isNarrowed: false },
    { calls: narrowed, isNarrowed: true },
    { calls: last, isNarrowed: false },
  ];
}

async function outOfScope(world: ToolWorld): Promise<ToolCall[]> {
  const chosen = await Promise.all(
    CALLS_OUT_OF_SCOPE.map(({ tool, args }) =>
      chooseCall(world, tool, "a scope that is missing", [args], "little")
    ),
  );
  return chosen.flat();
}

async function each(tools: readonly Tool[], calls: (tool: Tool) => Promise<ToolCall[]>): Promise<ToolCall[]> {
  const all: ToolCall[] = [];
  for (const tool of tools) all.push(...await calls(tool));
  return all;
}

/** The first candidate that comes to what it is meant for, with its answer; empty where none does. */
async function chooseCall(
  world: ToolWorld,
  tool: string,
  kind: Kind,
  candidates: readonly Args[],
  server: ToolCall["server"] = "mana",
): Promise<ToolCall[]> {
  for (const args of candidates) {
    const bare = await askBare(world, server, tool, args);
    if (bare.isError === REFUSED.has(kind) && WORDS[kind].test(bare.text)) {
      return [{ server, tool, args, kind, bare }];
    }
  }
  return [];
}

const Answer = z.looseObject({
  result: z.unknown().optional(),
  error: z.looseObject({ message: z.string() }).optional(),
});

/** Makes one call with nothing between. */
export async function askBare(
  world: ToolWorld,
  server: ToolCall["server"],
  tool: string,
  args: Args,
): Promise<BareAnswer> {
  const request = modernRequest(world.tokens[server], "tools/call", { name: tool, arguments: args }, {
    url: `${RESOURCE}?profile=${EVERY}`,
  });
  const response = await world.ask(request);
  const { result, error } = Answer.parse(await response.json());
  if (error !== undefined) return { text: error.message, isError: true };
  const handed = handedOf(result);
  if ("failed" in handed) throw new TypeError(handed.failed);
  return handed;
}
