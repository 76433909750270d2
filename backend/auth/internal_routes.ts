import { Hono } from "@hono/hono";
import { timingSafeEqual } from "node:crypto";
import { jsonAnswer } from "../json_answer.ts";
import { httpError } from "./auth_answer.ts";
import type { Memberships } from "./memberships.ts";

/**
 * `/api/v1/internal/*`, for other services (auth-vault, section 4). Without a configured service key every
 * request is refused: an empty key must not match an absent header.
 */
export function createInternalRoutes(memberships: Memberships, serviceKey: string | undefined): Hono {
  const routes = new Hono();
  routes.use("*", async (c, next) => {
    const given = c.req.header("x-service-key");
    if (serviceKey === undefined || given === undefined || !await isSame(given, serviceKey)) {
      return httpError(401, "Invalid or missing service key");
    }
    await next();
    return;
  });
  routes.get("/users/:userId/memberships", (c) => {
    const userId = c.req.param("userId");
    return jsonAnswer(200, { userId, memberships: memberships.ofPerson(userId) });
  });
  routes.get("/org/:spaceId/member/:userId", (c) => {
    const role = memberships.roleIn(c.req.param("spaceId"), c.req.param("userId"));
    return jsonAnswer(200, { isMember: role !== undefined, role: role ?? "" });
  });
  return routes;
}

/** Compares digests: equal length and constant time, so that the answer's delay says nothing about the key. */
async function isSame(given: string, expected: string): Promise<boolean> {
  const digest = async (text: string) =>
    new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return timingSafeEqual(await digest(given), await digest(expected));
}
