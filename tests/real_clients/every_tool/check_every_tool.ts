/**
 * Lets a client call every tool, and holds what its model was offered and handed against what the gateway sent: a usual result, a note, a
 * long list, part of the records, and each kind of refusal.
 */
import assert from "node:assert/strict";
import { z } from "zod";
import { temporaryFolder } from "../../_support/temporary_folder.ts";
import { modernRequest } from "../../_support/mcp_request.ts";
import { RESOURCE } from "../../_support/oauth_flow.ts";
import type { DrivenClient, JobCall } from "../driven/driven_client.ts";
import { filesWith } from "../files_with.ts";
import type { OfferedTool, Seen } from "../models/played_model.ts";
import { ListedTools } from "../protocol_answers.ts";
import { openDoor, type SentResult } from "../recording_door.ts";
import { MARK } from "../rows.ts";
import { findInAnswers, findInTools } from "./findings.ts";
import { makeToolPlan, type Stage, type ToolCall, WORDS } from "./tool_plan.ts";
import { createToolWorld, EVERY, type ToolWorld } from "./tool_world.ts";

/** Runs the steps: the list, each kind of call for every tool, the files. */
export async function checkEveryTool(t: Deno.TestContext, client: Omit<DrivenClient, "name">): Promise<void> {
  const stages = await makeToolPlan();
  const { seen, sent, listed, files } = await driveThrough(client, stages);
  await t.step("the model is offered every tool, with every word of its description and schema", () => {
    assert.deepEqual(findInTools(listed, seen.tools, client, "mana"), []);
  });
  const calls = stages.flatMap((stage) => stage.calls);
  const findings = findInAnswers(calls, seen.handed, sent, client);
  for (const kind of Object.keys(WORDS)) {
    const count = calls.filter((call) => call.kind === kind).length;
    await t.step(`${count} tools: ${kind}`, () => {
      assert.deepEqual(findings.filter((finding) => finding.split(", ")[1]?.startsWith(`${kind}:`)), []);
    });
  }
  await t.step("no file in its home holds a text of the person, but its own store", () => {
    assert.deepEqual(files, []);
  });
}

/** What came of a run. */
export interface Run {
  readonly seen: Seen;
  /** What the gateway sent. */
  readonly sent: readonly SentResult[];
  /** The tools as the gateway lists them. */
  readonly listed: readonly OfferedTool[];
  /** Files of the client's home with texts of the person, without its own store. */
  readonly files: readonly string[];
}

/** How the gateway is asked. */
type Ask = ToolWorld["ask"];

/**
 * Drives a client through stages of calls.
 *
 * @param plant wraps the gateway, for faults that are planted
 */
export async function driveThrough(
  client: Pick<DrivenClient, "drive" | "known" | "ownStore">,
  stages: readonly Stage[],
  plant: (ask: Ask) => Ask = (ask) => ask,
): Promise<Run> {
  await using world = await createToolWorld();
  await using folder = await temporaryFolder();
  const listed = await listTools(world);
  const narrowing = new Map(startsOf(stages, client).map(({ at, isNarrowed }) => [at, isNarrowed]));
  await using door = openDoor(plant(world.ask), (call) => {
    const isNarrowed = narrowing.get(call);
    if (isNarrowed === true) world.narrow();
    if (isNarrowed === false) world.widen();
    return Promise.resolve();
  });
  const home = `${await Deno.realPath(folder.path)}/home`;
  await Deno.mkdir(home);
  const seen = await client.drive({
    home,
    url: `${door.url}?profile=${EVERY}`,
    headers: {
      mana: { Authorization: `Bearer ${world.tokens.mana}` },
      little: { Authorization: `Bearer ${world.tokens.little}` },
    },
    turns: stages.flatMap(({ calls }) => turnsOf(calls)),
  });
  const files = (await filesWith(home, MARK)).filter((file) => client.ownStore?.test(file) !== true);
  return { seen, sent: door.sent, listed, files };
}

/** After how many calls at the door each stage starts: some calls never leave some clients. */
function startsOf(
  stages: readonly Stage[],
  { known }: Pick<DrivenClient, "known">,
): { at: number; isNarrowed: boolean }[] {
  let at = 0;
  return stages.map(({ calls, isNarrowed }) => {
    const start = { at, isNarrowed };
    at += known?.unknownArgument === undefined
      ? calls.length
      : calls.filter(({ kind }) => kind !== "an argument that is not there").length;
    return start;
  });
}

/** Calls that are made together: a few fewer than the gateway lets one person run at once. */
const MOST_CALLS = 12;
/** Characters of their results: Claude Code puts what is above 200,000 in one turn into files. */
const MOST_CHARS = 120_000;

function turnsOf(calls: readonly ToolCall[]): JobCall[][] {
  const turns: JobCall[][] = [];
  let turn: JobCall[] = [];
  let chars = 0;
  for (const { server, tool, args, bare } of calls) {
    if (turn.length === MOST_CALLS || chars + bare.text.length > MOST_CHARS) {
      turns.push(turn);
      [turn, chars] = [[], 0];
    }
    turn.push({ server, tool, args });
    chars += bare.text.length;
  }
  return turn.length === 0 ? turns : [...turns, turn];
}

async function listTools(world: ToolWorld): Promise<OfferedTool[]> {
  const request = modernRequest(world.tokens.mana, "tools/list", {}, { url: `${RESOURCE}?profile=${EVERY}` });
  const { result } = z.object({ result: z.unknown() }).parse(await (await world.ask(request)).json());
  return ListedTools.parse(result);
}
