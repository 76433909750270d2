// What the sessions of 2025 clients need where several nodes serve them: ids that tell of the session, questions that say which node
// asked, answers that reach that node, and ends that all nodes hear of. Without NODE_SECRET there is nothing of it.
import { z } from "zod";
import type { Clock } from "../../kit/clock.ts";
import { Refused } from "../../kit/errors.ts";
import type { JsonObject } from "../../kit/json.ts";
import { MAX_SESSION_ID_CHARS } from "../../kit/limits.ts";
import { createMessageShare } from "../../nodes/message_share.ts";
import type { NodeKeys } from "../../nodes/node_keys.ts";
import type { NodeMessages } from "../../nodes/node_messages.ts";
import { principalKey } from "../../people/principal.ts";
import type { Settings } from "../../settings/settings.ts";
import { createEndedSessions, type EndedSessionsDeps } from "./ended_sessions.ts";
import { askingNode, nameQuestions, type QuestionIds } from "./question_ids.ts";
import { createSealedIds } from "./sealed_ids.ts";
import type { Person, SessionIds } from "./session_ids.ts";
import type { ClientAnswer } from "./session_server.ts";

/** Sessions of several nodes. */
export interface NodeSessions {
  readonly ids: SessionIds;
  /** Names for the questions of one SDK server. */
  newQuestionIds(): QuestionIds;
  /**
   * Brings answers to questions of other nodes there, and returns what is for this node; null when nothing is left. Throws Refused
   * `answer-elsewhere` where an answer that came alone cannot be brought.
   */
  passOn(sessionId: string, person: Person, body: Body): Body | null;
  /** Whether there are other nodes, and answers that reach them cannot be brought here: the store is away, or there is none. */
  mayLoseAnswers(): boolean;
  /** Asks the other nodes' memory whether the client ended this session; null where that is known, or nobody can be asked. Never throws. */
  recall(sessionId: string, person: Person): Promise<void> | null;
  /** The client ended this session here: the other nodes are told, as far as they can be. Never rejects. */
  tellEnded(sessionId: string, person: Person): Promise<void>;
  /** Hears what other nodes tell. Returns how to stop. */
  listen(hearer: NodeSessionHearer): () => void;
}

/** Who hears what other nodes tell. */
export interface NodeSessionHearer {
  /** An answer to a question of this node. */
  answered(sessionId: string, answer: ClientAnswer): void;
  /** The client ended the session at another node. */
  ended(sessionId: string): void;
}

/** What {@link createNodeSessions} needs. */
export interface NodeSessionsDeps extends EndedSessionsDeps {
  readonly nodeKeys: NodeKeys;
  readonly nodeMessages: NodeMessages;
  readonly settings: Pick<Settings, "nodes">;
  readonly clock: Clock;
}

/** Undefined where no other node has our keys: then a session is known where it was begun. */
export function createNodeSessions(deps: NodeSessionsDeps): NodeSessions | undefined {
  const { nodeKeys, nodeMessages, sharedStore, settings, clock } = deps;
  if (!nodeKeys.isShared) return undefined;
  const ended = createEndedSessions(deps);
  const ids = createSealedIds({ keys: nodeKeys.derive("session"), clock, random: randomBytes });
  const share = createMessageShare(clock);
  const maySend = (person: Person) => share(principalKey(person));
  const passOn = (sessionId: string, person: Person, answer: unknown): boolean =>
    maySend(person) && nodeMessages.send("answer", { session: sessionId, answer });
  return Object.freeze({
    ids,
    newQuestionIds: () => nameQuestions(nodeMessages.nodeId, randomBytes(32)),
    passOn(sessionId: string, person: Person, body: Body): Body | null {
      const isElsewhere = (message: unknown) => isFor(message, (node) => node !== nodeMessages.nodeId);
      if (!isBatch(body)) {
        if (!isElsewhere(body)) return body;
        if (passOn(sessionId, person, body)) return null;
        throw new Refused({ reason: "answer-elsewhere" });
      }
      const here = body.filter((message) => !isElsewhere(message) || !passOn(sessionId, person, message));
      return here.length === 0 ? null : here;
    },
    mayLoseAnswers: () => settings.nodes > 1 && sharedStore.state() !== "up",
    recall(sessionId: string, person: Person): Promise<void> | null {
      const name = ids.nameFor(sessionId, person);
      const asked = name === null ? null : ended.has(name, person);
      return asked === null ? null : asked.then((isEnded) => void (isEnded && ids.end(sessionId)));
    },
    async tellEnded(sessionId: string, person: Person): Promise<void> {
      if (maySend(person)) nodeMessages.send("session-ended", { session: sessionId });
      await ended.add(ids.nameOf(sessionId), person);
    },
    listen(hearer: NodeSessionHearer): () => void {
      const stops = [
        nodeMessages.on("answer", parseAnswer, ({ session, answer }) => {
          if (isFor(answer, (node) => node === nodeMessages.nodeId)) hearer.answered(session, answer);
        }),
        nodeMessages.on("session-ended", parseEnded, ({ session }) => hearer.ended(session)),
      ];
      return () => stops.forEach((stop) => stop());
    },
  });
}

type Body = JsonObject | readonly unknown[];

function isBatch(body: Body): body is readonly unknown[] {
  return Array.isArray(body);
}

const SessionId = z.string().max(MAX_SESSION_ID_CHARS);
const Answer = z.union([
  z.strictObject({ jsonrpc: z.literal("2.0"), id: z.string(), result: z.looseObject({}) }),
  z.strictObject({
    jsonrpc: z.literal("2.0"),
    id: z.string(),
    error: z.object({ code: z.number(), message: z.string(), data: z.unknown() }),
  }),
]);
const AnswerBody = z.strictObject({ session: SessionId, answer: Answer });
const EndedBody = z.strictObject({ session: SessionId });

const parseAnswer = (body: unknown) => AnswerBody.safeParse(body).data ?? null;
const parseEnded = (body: unknown) => EndedBody.safeParse(body).data ?? null;

/** Whether a message answers a question whose node is meant. Another form than an answer's is for the SDK to judge. */
function isFor(message: unknown, isMeant: (node: string) => boolean): boolean {
  const answer = Answer.safeParse(message);
  const node = answer.success ? askingNode(answer.data.id) : null;
  return node !== null && isMeant(node);
}

function randomBytes(count: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(count));
}
