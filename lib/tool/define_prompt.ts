// What a prompt is made of: a name, arguments, and instructions for a model that a person can pick in their client. A prompt is
// static text: it holds no data of the person, so that showing it discloses nothing. MCP, server features, prompts.
import type { z } from "zod";
import { Refused } from "../kit/errors.ts";
import { createAbsentArguments } from "./absent_arguments.ts";
import { argumentWords, problemsOf } from "./argument_words.ts";

/** What the author of a prompt writes; see docs/authoring-tools.md. */
export interface PromptDefinition<A extends PromptShape> {
  /** Lower case words with `_`: `plan_day`. */
  readonly name: string;
  readonly title: string;
  /** Told to the person who picks a prompt. */
  readonly description: string;
  /** Every argument is text; `.describe(…)` says what it means. */
  readonly arguments: z.ZodObject<A>;
  /** The modules that the prompt has a model read: it is shown only to callers that may read each of them. */
  readonly modules: readonly string[];
  /** What a client is offered while the person types an argument; nothing for the others. */
  readonly offers?: { readonly [K in keyof A]?: Offers };
  /** Instructions for a model, as the person would say them. Tools are named as `{module.verb}`. */
  text(args: z.output<z.ZodObject<A>>): string;
}

/** Arguments by name. MCP hands all of them on as text. */
export type PromptShape = Readonly<Record<string, z.ZodType<string | undefined, string | undefined>>>;

/**
 * What is offered for an argument: days, weeks, or titles of the records of a module whose resource tells titles. Titles are
 * sealed: each offer of them is a call like any, which the ledger notes.
 */
export type Offers = "days" | "weeks" | { readonly titlesOf: string };

/** A checked prompt. */
export interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** As `prompts/list` has them. */
  readonly arguments: readonly PromptArgument[];
  readonly modules: readonly string[];
  /** By argument. */
  readonly offers: ReadonlyMap<string, Offers>;
  /** The text, with tools still named as `{module.verb}`. Throws Refused `input-invalid`. */
  text(args: Readonly<Record<string, string>> | undefined): string;
}

/** An argument as a client offers it to the person. */
export interface PromptArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
}

const NAME = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;

/**
 * Checks a definition and makes it a prompt. Throws TypeError for a name of another form, without a module, or where titles are
 * offered of a module that callers need not be allowed to read.
 */
export function definePrompt<const A extends PromptShape>(definition: PromptDefinition<A>): Prompt {
  const { name, title, description, modules } = definition;
  if (!NAME.test(name)) {
    throw new TypeError(`Cannot define prompt ${JSON.stringify(name)}: expected lower case words with _`);
  }
  if (modules.length === 0) throw new TypeError(`Cannot define prompt ${name}: it names no module`);
  const { shape } = definition.arguments;
  const offers = new Map(offersOf(definition.offers));
  for (const [argument, offered] of offers) {
    if (typeof offered !== "string" && !modules.includes(offered.titlesOf)) {
      throw new TypeError(
        `Cannot define prompt ${name}: ${argument} offers titles of a module that it does not name`,
      );
    }
  }
  const schema = definition.arguments.strict();
  const withoutAbsent = createAbsentArguments(shape);
  return Object.freeze({
    name,
    title,
    description,
    arguments: Object.freeze(
      Object.entries(shape).map(([argument, type]) =>
        Object.freeze({
          name: argument,
          description: type.description ?? "",
          required: !type.safeParse(undefined).success,
        })
      ),
    ),
    modules: Object.freeze([...modules]),
    offers,
    text(args: Readonly<Record<string, string>> | undefined): string {
      const parsed = schema.safeParse(withoutAbsent(args), { error: argumentWords });
      if (parsed.success) return definition.text(parsed.data);
      throw new Refused({ reason: "input-invalid", problems: problemsOf(parsed.error.issues) });
    },
  });
}

function offersOf(offers: Readonly<Record<string, Offers | undefined>> = {}): [string, Offers][] {
  return Object.entries(offers).flatMap(([argument, offered]) =>
    offered === undefined ? [] : [[argument, offered]]
  );
}
