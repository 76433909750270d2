// What Anna asks on her page, in a world of the whole product: what an undo would do, and the click that does it.
import assert from "node:assert/strict";
import { z } from "zod";
import { GATEWAY_ACTIONS, type Selection, type UndoQuestion } from "../../sign_in/gateway/actions.ts";
import type { Preview } from "../../sign_in/gateway/answers.ts";
import type { GatewayFault } from "../../sign_in/gateway/ask_gateway.ts";
import { createWorld, type Person, type World } from "../_support/world.ts";
import type { StoredChange, WireTable } from "../_support/device.ts";
import { pullAll } from "../_support/device.ts";
import { callOk } from "../_support/mcp.ts";
import { asker, sentForm } from "../person_page/_pages.ts";

/** A world whose pages ask. */
export const createUndoWorld = () => createWorld({ hasPages: true });

/** Everything that the person's own token did. */
export const OWN: Selection = { app: "", since: "2026-01-01T00:00:00.000Z" };

export const everything = (selection: Selection, modules: readonly string[] | null = null): UndoQuestion => ({
  selection,
  modules,
  apps: [],
});

/** What an undo would do. */
export async function preview(
  world: World,
  person: Pick<Person, "id">,
  question: UndoQuestion,
): Promise<Preview> {
  const shown = await asker(world).show(signedIn(person), GATEWAY_ACTIONS.undoPreview, { ...question });
  assert.ok(shown.ok, JSON.stringify(shown));
  return shown.answer;
}

/** Clicks on a preview. */
export async function decide(world: World, person: Person, question: UndoQuestion, { plan, at }: Preview) {
  return await asker(world).decide(
    signedIn(person),
    GATEWAY_ACTIONS.undoApply,
    { ...question, plan, at },
    await sentForm(),
  );
}

/** Looks, clicks, and returns what was shown and what came of it. */
export async function undo(world: World, person: Person, question: UndoQuestion) {
  const shown = await preview(world, person, question);
  const decided = await decide(world, person, question, shown);
  assert.ok(decided.ok, JSON.stringify(decided));
  assert.equal(decided.answer.status, "done");
  return { shown, ...decided.answer };
}

/** Why the pages got no answer. */
export function faultOf(answer: { readonly ok: true } | GatewayFault): string {
  assert.ok(!answer.ok);
  return answer.fault === "refused" ? answer.code : answer.fault;
}

/** Makes a note by the person's own token; returns its id. */
export async function makeNote(world: World, person: Person, title: string): Promise<string> {
  const { note } = await callOk(world, person, "notes_create", { title, content: `about ${title}` });
  return Made.parse(note).id;
}

const Made = z.object({ id: z.string() });

/** A note as an app reads it. */
export async function readNote(world: World, person: Person, id: string): Promise<Record<string, unknown>> {
  const { note } = await callOk(world, person, "notes_read", { id });
  return z.record(z.string(), z.unknown()).parse(note);
}

/** The ids of the calls that wrote into a table, oldest first. */
export async function callsIn(world: World, person: Person, table: WireTable): Promise<string[]> {
  const calls = (await pullAll(world, person, table)).map(callOf);
  return [...new Set(calls.filter((call) => call !== ""))];
}

export function callOf({ actor }: StoredChange): string {
  return String(actor?.iterationId ?? "").slice(0, 32);
}

function signedIn({ id }: Pick<Person, "id">) {
  return { userId: id, sessionId: "hers" };
}
