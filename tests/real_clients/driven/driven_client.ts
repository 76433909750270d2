/** A client as the lane drives it: how it is started for some turns of calls, and what is known of what it does with answers. */
import type { Handed, PlayedCall, Seen } from "../models/played_model.ts";
import type { ClientName } from "../install/installed.ts";

/** What a client is to do: connect to servers, and let its model make calls. */
export interface Job {
  /** A home of its own, which exists. */
  readonly home: string;
  /** Where the servers are found, all of which are told apart by their headers. */
  readonly url: string;
  /** The headers of each server, by the name under which the client knows the server. */
  readonly headers: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Calls by turns: those of one turn are made together, where a client can. */
  readonly turns: readonly (readonly JobCall[])[];
}

/** One call. */
export interface JobCall {
  readonly server: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Longest time for a client that makes every call: nearly a thousand. */
export const JOB_MS = 400_000;

/** A client. */
export interface DrivenClient {
  readonly name: ClientName;
  /** The name under which it offers a tool of a server. */
  nameOf(server: string, tool: string): string;
  /** Runs it to its end. Throws when it cannot come to its end. `tools` are those of the servers together, by {@link nameOf}. */
  drive(job: Job): Promise<Seen>;
  /** Files of its home that may hold texts of the person: its own store of conversations. None by default. */
  readonly ownStore?: RegExp;
  /** What it is known to do to answers and schemas, each with its reason; what is not in the table is a finding. */
  readonly known?: KnownDifferences;
}

/** See {@link DrivenClient.known}. */
export interface KnownDifferences {
  /** Members of a schema that it leaves out or changes, by their path as `schemaFacts` writes it. */
  readonly schema?: readonly { readonly path: RegExp; readonly reason: string }[];
  /** What it tells instead of making a call with an argument that the tool does not have. */
  readonly unknownArgument?: { readonly says: RegExp; readonly reason: string };
  /** What it tells instead of the words of a 403, where the HTTP status never reaches the model with its words. */
  readonly scopeMissing?: { readonly says: RegExp; readonly reason: string };
}

/** What a model calls next that plays the turns of a job. A turn that is answered in part is the last one. */
export function playTurns({ turns }: Pick<Job, "turns">, nameOf: DrivenClient["nameOf"]) {
  const starts = new Map<number, readonly JobCall[]>();
  let start = 0;
  for (const turn of turns) {
    starts.set(start, turn);
    start += turn.length;
  }
  return (handed: readonly Handed[]): readonly PlayedCall[] =>
    (starts.get(handed.length) ?? []).map(({ server, tool, args }) => ({ name: nameOf(server, tool), args }));
}
