/** Shared by the tests of wellbeing: a deletion with its question, and lists in answers. */
import assert from "node:assert/strict";
import { z } from "zod";
import { callOk } from "../../_support/mcp.ts";
import type { Person, World } from "../../_support/world.ts";
import { asked, refusalIn, send, YES } from "../../confirmation/_asking.ts";

/** Deletes after a yes, and returns the question that the person was asked. */
export async function deleted(
  world: World,
  person: Person,
  tool: string,
  args: Record<string, unknown>,
): Promise<string> {
  const { sentence, state } = await asked(world, person, tool, args);
  const result = await send(world, person, tool, args, { state, answer: YES });
  assert.equal(result.isError ?? false, false, JSON.stringify(result));
  return sentence;
}

/** The words in which a deleting tool refuses before anybody is asked. */
export async function deletionRefused(
  world: World,
  person: Person,
  tool: string,
  args: Record<string, unknown>,
): Promise<string> {
  return refusalIn(await send(world, person, tool, args));
}

/** The list `member` in what a tool answers. */
export async function rowsOf(
  world: World,
  person: Person,
  tool: string,
  member: string,
  args: Record<string, unknown> = {},
): Promise<Record<string, unknown>[]> {
  return Rows.parse((await callOk(world, person, tool, args))[member]);
}

const Rows = z.array(z.record(z.string(), z.unknown()));
