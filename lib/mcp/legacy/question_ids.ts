// How the questions to a 2025 client are called. Each SDK server counts its own from 0, and servers come and go: without other names a
// late answer to an old question – "Delete this task?" – would be taken for the answer to a new question.
import { createHmac } from "node:crypto";

/** The names of the questions of one SDK server. */
export interface QuestionIds {
  /** What the client is told instead of the server's own number. */
  toClient(own: number): string | number;
  /** The server's own number of a name; NaN, which is no question's, for every other name. */
  toServer(told: string | number): number;
}

/** Numbers, counted on from those of the session's servers before: for sessions that are kept as long as they live. */
export function countFrom(first: number): QuestionIds {
  return { toClient: (own) => own + first, toServer: (told) => Number(told) - first };
}

/**
 * Names that no other server has given, whether of this node, of another one or of an earlier start: for sessions that can be made
 * again anywhere. They begin with the node that asked, so that an answer that another node receives can be brought to it. Whoever has seen
 * one name, on its way between nodes say, cannot tell the next one, and so answer the next question.
 *
 * @param node the name of the node, without a dot
 * @param key random bytes of this server alone
 */
export function nameQuestions(node: string, key: Uint8Array): QuestionIds {
  const nameOf = (own: number) => {
    const mac = createHmac("sha256", key).update(String(own)).digest("base64url");
    return `${node}.${mac.slice(0, MAC_CHARS)}.${own}`;
  };
  return {
    toClient: nameOf,
    toServer(told) {
      const own = typeof told === "string" ? Number(NAME.exec(told)?.[2] ?? NaN) : NaN;
      return told === nameOf(own) ? own : NaN;
    },
  };
}

/** 96 bits. */
const MAC_CHARS = 16;

/** The node that asked a question, as its name says; null for a name that {@link nameQuestions} gives to none. */
export function askingNode(told: unknown): string | null {
  return typeof told === "string" ? NAME.exec(told)?.[1] ?? null : null;
}

const NAME = /^([A-Za-z0-9_-]{1,32})\.[A-Za-z0-9_-]{1,32}\.(\d{1,9})$/;
