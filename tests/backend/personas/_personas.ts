// What tests of personas need: a backend that serves them, its administrator, and the runner's side of the door.
import assert from "node:assert/strict";
import { z } from "zod";
import type { BackendDeps } from "../../../backend/backend.ts";
import { bearer, createTestBackend, PASSWORD, post, type TestBackend } from "../../_support/test_backend.ts";

export const KEY = "test-personas-key-of-its-own";
export const OPERATOR = { email: "operator@mana.test", password: "operator-password-of-tests" };

/** What somebody posts who makes Anna. */
export const ANNA = {
  email: "persona.anna@mana.test",
  name: "Anna",
  password: PASSWORD,
  archetype: "adhd-student",
  systemPrompt: "You are Anna, 28, a student in a shared flat.",
  moduleMix: { todo: 0.6, notes: 0.4 },
  tickCadence: "daily",
  timeZone: "Europe/Berlin",
};

/** A backend that serves personas. Its clock stands at noon of a Friday, in UTC. */
export async function createPersonaBackend(
  deps: Partial<BackendDeps> = {},
  clock?: { now: number },
): Promise<PersonaBackend> {
  const setup = { key: KEY, operatorPassword: OPERATOR.password };
  return wrap(await createTestBackend({ personas: setup, ...deps }, clock));
}

/** Both sides of the personas' door. */
export interface PersonaBackend extends TestBackend {
  /** A request of the administrator, or with another token. */
  admin(path: string, init?: RequestInit, token?: string): Promise<Answer>;
  /** A request of the runner. */
  runner(path: string, body?: unknown): Promise<Answer>;
  /** Makes a persona; Anna by default. Returns its id. */
  make(changes?: Partial<typeof ANNA>): Promise<string>;
}

/** Status and body. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function wrap(test: TestBackend): PersonaBackend {
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await test.auth(`/api/v1/personas${path}`, init);
    return { status: response.status, body: await response.json() };
  };
  const personas: PersonaBackend = {
    ...test,
    async admin(path, init = {}, given) {
      const used = given ?? await tokenOf(test, OPERATOR);
      const headers = { ...bearer({ token: used }), ...Object.fromEntries(new Headers(init.headers)) };
      return await ask(`/admin${path}`, { ...init, headers });
    },
    runner: (path, body) =>
      ask(
        `/internal${path}`,
        body === undefined ? { headers: { "x-service-key": KEY } } : post(body, { "x-service-key": KEY }),
      ),
    async make(changes = {}) {
      const { status, body } = await personas.admin("", post({ ...ANNA, ...changes }));
      assert.equal(status, 200, JSON.stringify(body));
      return z.object({ userId: z.string() }).parse(body).userId;
    },
  };
  return personas;
}

/** Logs in. */
export async function tokenOf(
  { auth }: Pick<TestBackend, "auth">,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<string> {
  const answer = await auth("/api/v1/auth/login", post({ email, password }));
  return z.object({ accessToken: z.string() }).parse(await answer.json()).accessToken;
}

/** One row of a tick. */
export const row = (tickId: string, toolName: string, more: Record<string, unknown> = {}) => ({
  tickId,
  toolName,
  result: "ok",
  ...more,
});
