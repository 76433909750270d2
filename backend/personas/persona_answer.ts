// Answers of the personas' endpoints: refusals, and times as texts. Contract: personas.
import { jsonAnswer } from "../../sign_in/http/json_answer.ts";

/** 400 with what is wrong with the body or the query. */
export function invalid(details: readonly string[]): Response {
  return jsonAnswer(400, { error: "ValidationError", details });
}

/** A refusal that is no matter of form. */
export function refused(error: keyof typeof STATUS, message: string): Response {
  return jsonAnswer(STATUS[error], { error, message });
}

const STATUS = { NotAPersona: 400, Forbidden: 403, NotFound: 404, Conflict: 409 } as const;

/** 404 for an id of nobody, of a human, and of a persona that is being deleted. */
export function noPersona(): Response {
  return refused("NotFound", "No such persona");
}

/** `2026-05-01T12:00:00.000Z`; null stays null. */
export function isoTime<T extends number | null>(at: T): string | Extract<T, null>;
export function isoTime(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
