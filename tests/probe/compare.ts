import { askAuth } from "./ask_auth.ts";
import { askHistory } from "./ask_history.ts";
import { askStream } from "./ask_stream.ts";
import { askPaging, askSharing, askSyncRefusals } from "./ask_sync.ts";
import { askVault } from "./ask_vault.ts";
import type { Json } from "./mask.ts";
import { type Answer, createTranscript, type ProbeTarget } from "./transcript.ts";

/** Services to question, and what the real ones answered. */
export interface CompareOptions extends Pick<ProbeTarget, "auth" | "sync" | "serviceKey"> {
  readonly recorded: readonly Answer[];
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** Confirms an e-mail address; default: nothing to do. */
  readonly verify?: (email: string) => Promise<void>;
}

/** What came of it. `noted` answers are not compared and not counted. */
export interface Comparison {
  readonly passed: number;
  readonly failed: number;
  readonly differences: readonly {
    readonly name: string;
    readonly recorded: string;
    readonly here: string;
  }[];
  readonly answers: readonly Answer[];
}

/** Asks the services all questions and compares every answer with the recorded one. */
export async function compare(options: CompareOptions): Promise<Comparison> {
  const transcript = createTranscript({
    auth: options.auth,
    sync: options.sync,
    serviceKey: options.serviceKey,
    fetch: options.fetch ?? fetch,
    verify: options.verify ?? (() => Promise.resolve()),
  });
  const cast = await askAuth(transcript);
  await askVault(transcript, cast);
  await askSyncRefusals(transcript, cast);
  await askHistory(transcript, cast);
  await askSharing(transcript, cast);
  await askPaging(transcript, cast);
  await askStream(transcript, cast);

  const answers = transcript.answers;
  const compared = options.recorded.filter((want) => want.compare !== "noted");
  const differences = compared.flatMap((want) => {
    const got = answers.find((answer) => answer.name === want.name);
    const [recorded, here] = [view(want, want), got === undefined ? "nothing" : view(want, got)];
    return recorded === here ? [] : [{ name: want.name, recorded, here }];
  });
  return {
    passed: compared.length - differences.length,
    failed: differences.length,
    differences,
    answers,
  };
}

/** What of an answer counts, by how the recorded one is compared; canonical, so that two can be told equal. */
function view(want: Answer, { response }: Answer): string {
  if (want.compare === "status") return JSON.stringify({ status: response.status });
  const body = want.compare === "shape" ? shape(response.body) : response.body;
  return JSON.stringify({ status: response.status, contentType: response.contentType, body });
}

function shape(value: Json): Json {
  if (Array.isArray(value)) return value[0] === undefined ? [] : [shape(value[0])];
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shape(member)]));
}
