// A family space of personas, made as the web app makes it, and a way in that knows of it.
import assert from "node:assert/strict";
import { derivePersonaPassword } from "../../../process/derive_persona_password.ts";
import type { Access, SharedSpace } from "../../../runner/sign_in/access.ts";
import { createOwnAccess } from "../../../runner/sign_in/own_access.ts";
import { createTurns } from "../../../runner/kit/turns.ts";
import { join, makeSpace } from "../../_support/team.ts";
import { type Account, AUTH_URL, ORIGIN, post } from "../../_support/test_backend.ts";
import { personaOf, type RunnerWorld, SEED_SECRET } from "./runner_world.ts";

/** Makes it, with the first as its owner. */
export async function shareSpace(
  runner: RunnerWorld,
  ...names: readonly [string, ...string[]]
): Promise<Shared> {
  const [owner, ...members] = await Promise.all(names.map((name) => accountOf(runner, name)));
  assert.ok(owner);
  const id = await makeSpace(runner.world, owner, "flat", "family");
  for (const member of members) await join(runner.world, owner, id, member);
  const space: SharedSpace = { id, kind: "family", members: names };
  const { fetch } = runner;
  const { clock } = runner.deps();
  return {
    id,
    access: createOwnAccess({
      fetch,
      clock,
      authUrl: AUTH_URL,
      secret: SEED_SECRET,
      turns: createTurns(),
      spacesOf: () => Promise.resolve([space]),
    }),
  };
}

/** A shared space. */
export interface Shared {
  readonly id: string;
  readonly access: Access;
}

async function accountOf(runner: RunnerWorld, name: string): Promise<Account> {
  const { email } = personaOf(name);
  const password = await derivePersonaPassword(SEED_SECRET, email);
  const session = await runner.world.auth("/api/auth/sign-in/email", post({ email, password }, ORIGIN));
  assert.equal(session.status, 200, await session.text());
  const cookie = session.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  return { email, id: runner.userId(name), token: "", cookie, refresh: () => Promise.resolve("") };
}
