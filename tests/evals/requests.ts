// What people ask for in their words, each with the tool that has to be called and the arguments that matter: data, in `requests.json`.
// `$milk` and the like stand for ids of the records of `fixtures.ts`.
import { z } from "zod";
import ASKED from "./requests.json" with { type: "json" };
import RECORDED from "./recorded.json" with { type: "json" };

const Arguments = z.record(z.string(), z.unknown());

/** One wish of a person. */
export type Wish = z.infer<typeof Wish>;
const Wish = z.strictObject({
  says: z.string().min(1),
  language: z.enum(["en", "de"]).default("en"),
  /** The profile of the connection in which it is said. */
  profile: z.string(),
  /** What a model searches for, where it is shown tools by words: English, as the tools are, also for a wish in German. */
  search: z.string().min(1),
  /** The tool without which the wish is not done, as `module.verb`. */
  needs: z.string(),
  /** What the call of that tool has to have among its arguments. */
  given: Arguments,
});

/** The name by which a client is shown a tool. */
export function toolOf(name: string): string {
  return name.replace(".", "_");
}

/** A call that was chosen for a wish, with the name that the client was shown. */
export type Choice = z.infer<typeof Choice>;
const Choice = z.strictObject({ tool: z.string(), arguments: Arguments });

/** Who chose, and which calls for each wish. */
export type Recorded = z.infer<typeof Recorded>;
const Recorded = z.strictObject({ recordedBy: z.string(), choices: z.record(z.string(), z.array(Choice)) });

/** All wishes. */
export const WISHES: readonly Wish[] = z.array(Wish).parse(ASKED);
/** What is recorded in `recorded.json`. */
export const CHOICES: Recorded = Recorded.parse(RECORDED);
