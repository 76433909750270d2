// Answers of the auth service that are kept for a while, and asked for once at a time: a hundred calls of one app at once are
// one request. In memory; each node keeps its own.
import { KEPT_ANSWERS } from "../../kit/limits.ts";

/** Answers by key. */
export interface KeptAnswers<T> {
  /** The kept answer, or the one that `ask` gives. An answer that fails is not kept. */
  get(key: string, ask: () => Promise<FreshAnswer<T>>): Promise<T>;
}

/** An answer, and when it is to be asked for again: milliseconds since 1970. */
export interface FreshAnswer<T> {
  readonly value: T;
  readonly until: number;
}

/** Starts with nothing, and keeps {@link KEPT_ANSWERS} at most: the oldest goes first. */
export function createKeptAnswers<T>(now: () => number): KeptAnswers<T> {
  const kept = new Map<string, FreshAnswer<T>>();
  const asked = new Map<string, Promise<T>>();
  const peek = (key: string): T | undefined => {
    const found = kept.get(key);
    return found !== undefined && found.until > now() ? found.value : undefined;
  };
  const keep = (key: string, answer: FreshAnswer<T>): void => {
    kept.delete(key);
    kept.set(key, answer);
    if (kept.size > KEPT_ANSWERS) kept.keys().take(1).forEach((oldest) => kept.delete(oldest));
  };
  const fetchAnswer = async (key: string, ask: () => Promise<FreshAnswer<T>>): Promise<T> => {
    try {
      const answer = await ask();
      keep(key, answer);
      return answer.value;
    } finally {
      asked.delete(key);
    }
  };
  return {
    async get(key, ask) {
      const known = peek(key);
      if (known !== undefined) return known;
      const asking = asked.get(key) ?? fetchAnswer(key, ask);
      asked.set(key, asking);
      return await asking;
    },
  };
}
