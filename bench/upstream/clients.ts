// What the stub answers of connected apps: whether their access stands, with the document of their grant, and the person's own token for
// theirs. Checks nothing: everybody here may everything.
import { decodeJwt } from "@panva/jose";
import type { GrantName } from "./tokens.ts";

/** Whether a name is that of a grant. */
export function isGrantName(name: string | null): name is GrantName {
  return name === "whole" || name === "narrowed";
}

/** The answer of introspection (RFC 7662) to a form with a token. */
export function introspected(form: string): string {
  const { gid } = decodeJwt(new URLSearchParams(form).get("token") ?? "");
  const narrowing = gid === "narrowed" ? { authorization_details: [DOCUMENT] } : {};
  return JSON.stringify({ active: true, client_name: "Bench", space_count: 1, ...narrowing });
}

/** Whose token a form with an access token is to be exchanged for (RFC 8693). */
export function exchangedSubject(form: string): string {
  return decodeJwt(new URLSearchParams(form).get("subject_token") ?? "").sub ?? "";
}

/** Nearly all of the tasks (`order` counts them), by conditions that all have to be looked at: fewer would be less to put in order. */
const DOCUMENT = {
  type: "mana_records",
  v: 1,
  tz: "Europe/Berlin",
  until: null,
  rules: [{
    collection: "todo/tasks",
    access: ["read"],
    where: [
      { field: "createdAt", op: "gte", value: "-P30D" },
      { field: "priority", op: "in", value: ["medium", "high"] },
      { field: "order", op: "lt", value: 99_000 },
    ],
  }],
};
