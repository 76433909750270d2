// Makes a tool of what its author wrote: checks the definition once, and the arguments and output of each call. JSON Schemas and
// what checks arguments are made when the tool is first listed or called: a start with 200 tools must not wait for them. What a tool
// may do with records is records/records.ts; whether a call may run at all is policy/.

import { z } from "zod";
import type { SpaceEntry } from "../spaces/choose_space.ts";
import { Refused } from "../kit/errors.ts";
import { HALF_PAIR, halfPairPath } from "../kit/half_pairs.ts";
import type { Access } from "../people/scopes.ts";
import type { RecordsByAccess } from "../records/records.ts";
import type { Calendar } from "./time/calendar.ts";
import { REMARKS } from "../records/define_table.ts";
import { type AbsentArguments, createAbsentArguments } from "./absent_arguments.ts";
import { argumentWords, problemsOf } from "./argument_words.ts";
import type { ApprovalAnswers } from "./general/approvals_tool.ts";
import type { AppUndos } from "./general/undo_tools.ts";
import { type GeneralMembers, generalMembers } from "./general/general_members.ts";
import { portableSchema } from "./portable_schema.ts";
import { SPACE } from "./space_argument.ts";

/**
 * Checks a definition and makes it a tool. Throws TypeError when the definition breaks what clients insist on; what is wrong with a
 * schema is thrown when the schema is first needed, and found by `tests/tool/definitions_test.ts` before that.
 */
export function defineTool<const A extends Access, I extends z.ZodRawShape, O extends z.ZodRawShape>(
  definition: ToolDefinition<A, I, O>,
): Tool {
  const { name, title, access, confirm, output } = definition;
  const module = name.slice(0, name.indexOf("."));
  checkDefinition(definition, module);
  let reader: InputReader<I> | undefined;
  let inputSchema: ObjectSchema | undefined;
  let outputSchema: ObjectSchema | undefined;
  return Object.freeze({
    ...generalMembers(definition),
    name,
    module,
    title,
    description: definition.description,
    access,
    scope: definition.scope ?? "user-space",
    usesRecords: definition.usesRecords ?? true,
    ...(definition.view === undefined ? {} : { view: definition.view }),
    annotations: Object.freeze({
      title,
      readOnlyHint: access === "read",
      destructiveHint: access === "destructive",
      idempotentHint: definition.idempotent ?? access === "read",
      openWorldHint: false,
    }),
    get inputSchema() {
      return inputSchema ??= objectSchema(name, definition.input.strict(), "input");
    },
    get outputSchema() {
      return outputSchema ??= objectSchema(name, output.extend({ [REMARKS]: Remarks }), "output");
    },
    async call(args: unknown, contexts: ContextSource) {
      const input = parseInput(reader ??= readerOf(definition.input), args);
      return output.parse(await definition.run(input, contexts[access](input)));
    },
    async confirm(args: unknown, contexts: Pick<ContextSource, "read">) {
      if (confirm === undefined) throw new TypeError(`Cannot ask before ${name}: it is not destructive`);
      return await confirm(parseInput(reader ??= readerOf(definition.input), args), contexts.read());
    },
  });
}

/** Everything a tool gets besides its input. No key, token, URL or fetch can be reached from it. */
export interface ToolContext<A extends Access> {
  /** Records of the active space. Every method refuses when no space could be chosen. */
  readonly records: RecordsByAccess[A];
  /** The active space; null when none could be chosen. */
  readonly space: { readonly id: string; readonly kind: "personal" | "shared" | "unknown" } | null;
  /** The person's spaces as far as the auth service tells. */
  readonly spaces: readonly SpaceEntry[];
  /** ISO time of the call. */
  readonly now: string;
  /** The day of the call in the person's time zone, YYYY-MM-DD. */
  readonly today: string;
  /** The IANA zone of `today`. */
  readonly timeZone: string;
  /** The calendar of a zone that the call itself names; without a zone that of the person, as `today` and `timeZone`. */
  readonly calendar: (timeZone?: string) => Calendar;
  /** Ends when the caller goes away or the call takes too long. */
  readonly signal: AbortSignal;
  /** What the person has decided about earlier calls of this connection; for the gateway's own tool. */
  readonly approvals: ApprovalAnswers;
  /** Taking back what apps wrote; for the gateway's own tools. */
  readonly undos: AppUndos;
  /** Whether the caller may use another module like this as well: a tool that reads there leaves out what it may not. */
  readonly allows: (module: string, access: Access) => boolean;
  /** Throws Refused `policy-denied` where {@link allows} says no: a tool that changes there does nothing by halves. */
  readonly demand: (module: string, access: Access) => void;
}

/** Opens a context of exactly the access that a tool declares, for a call with this parsed input. */
export type ContextSource = { readonly [A in Access]: (input?: unknown) => ToolContext<A> };

/**
 * The sentence that asks the person, naming the exact records, e.g. `Delete the task "Buy milk"?`. It is shown before the
 * tool runs, and made again when the person has answered: when the two sentences differ, the person is asked anew.
 */
export type Confirm<I extends z.ZodRawShape> = (
  input: z.output<z.ZodObject<I>>,
  context: ToolContext<"read">,
) => Promise<string>;

/** What the author of a tool writes; see docs/authoring-tools.md. Only a destructive tool asks first. */
export type ToolDefinition<A extends Access, I extends z.ZodRawShape, O extends z.ZodRawShape> =
  & ToolBasics<A, I, O>
  & (A extends "destructive" ? { readonly confirm: Confirm<I> } : { readonly confirm?: never });

/** What every tool says of itself. */
export interface ToolBasics<A extends Access, I extends z.ZodRawShape, O extends z.ZodRawShape>
  extends GeneralMembers {
  /** Dotted: `module.verb`, with underscores between the words of a verb: `todo.save_project`. */
  readonly name: string;
  readonly title: string;
  readonly access: A;
  /**
   * `admin` tools are never listed nor callable over MCP. `general` ones are the gateway's own: they need no scope, since they read and
   * change nothing themselves.
   */
  readonly scope?: ToolScope;
  /**
   * false: reads and writes no record. Such a tool takes no `space`, and runs where no space can be chosen. True by default.
   */
  readonly usesRecords?: boolean;
  /** The view that hosts show beside a result, by its name in tools/views.ts (docs/views.md). The tool is complete without it. */
  readonly view?: string;
  /** Whether a repetition changes nothing more. By default true for reading tools. */
  readonly idempotent?: boolean;
  /** Written for a model: what it does, when to use it, what comes back. Other tools are named as `{module.verb}`. */
  readonly description: string;
  readonly input: z.ZodObject<I>;
  readonly output: z.ZodObject<O>;
  readonly confirm?: Confirm<I>;
  run(input: z.output<z.ZodObject<I>>, context: ToolContext<A>): Promise<z.input<z.ZodObject<O>>>;
}

/** JSON Schema 2020-12 with an object at its root. */
export type ObjectSchema = { readonly type: "object"; readonly [keyword: string]: unknown };

/** MCP tool annotations, always explicit: some clients show no tool without them. */
export interface ToolAnnotations {
  readonly title: string;
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** A checked tool, ready to be registered. */
export interface Tool extends GeneralMembers {
  readonly name: string;
  readonly module: string;
  readonly title: string;
  readonly description: string;
  readonly access: Access;
  readonly scope: ToolScope;
  /** Whether the tool works with the records of a space: then its calls may name the space, and do not run without a space. */
  readonly usesRecords: boolean;
  readonly annotations: ToolAnnotations;
  /** The name of the view that shows its results; absent: none does. */
  readonly view?: string;
  /** Made when it is first read. */
  readonly inputSchema: ObjectSchema;
  /** Made when it is first read. */
  readonly outputSchema: ObjectSchema;
  /**
   * Checks `args`, runs the tool, checks its output. Throws Refused `input-invalid`, whatever `run` throws, and a
   * ZodError when the tool broke its own output schema (a fault of the tool, shown outside as internal).
   */
  call(args: unknown, contexts: ContextSource): Promise<Record<string, unknown>>;
  /**
   * The sentence that asks before a call with these arguments. Throws Refused `input-invalid`, whatever `confirm` throws,
   * and a TypeError for a tool that is not destructive.
   */
  confirm(args: unknown, contexts: Pick<ContextSource, "read">): Promise<string>;
}

/** Who may use a tool at all; see {@link ToolBasics.scope}. */
export type ToolScope = "user-space" | "admin" | "general";

const NAME = /^[a-z][a-zA-Z0-9]*\.[a-z][a-zA-Z0-9]*(?:_[a-z][a-zA-Z0-9]*)*$/;
const Remarks = z.array(z.string()).optional();

function checkDefinition(
  { name, access, confirm, input, output, usesRecords = true }: {
    readonly name: string;
    readonly access: Access;
    readonly confirm?: unknown;
    readonly usesRecords?: boolean;
    readonly input: z.ZodObject;
    readonly output: z.ZodObject;
  },
  module: string,
): void {
  if (!NAME.test(name)) {
    throw new TypeError(`Cannot define tool ${JSON.stringify(name)}: expected module.verb`);
  }
  for (const [kind, { shape }] of Object.entries({ input, output })) {
    if (REMARKS in shape) {
      throw new TypeError(`Cannot define tool ${name}: ${REMARKS} in its ${kind} is the gateway's own`);
    }
  }
  if (usesRecords && SPACE in input.shape) {
    throw new TypeError(`Cannot define tool ${name}: ${SPACE} in its input is the gateway's own`);
  }
  if (module === REMARKS) throw new TypeError(`Cannot define tool ${name}: the module's name is reserved`);
  if ((confirm !== undefined) !== (access === "destructive")) {
    throw new TypeError(`Cannot define tool ${name}: destructive tools have \`confirm\`, others have not`);
  }
}

/** What reads the arguments of a tool's calls. */
interface InputReader<I extends z.ZodRawShape> {
  readonly input: z.ZodObject<I, z.core.$strict>;
  readonly withoutAbsent: AbsentArguments;
}

function readerOf<I extends z.ZodRawShape>(input: z.ZodObject<I>): InputReader<I> {
  // An argument nobody asked for is a misunderstanding: an error that the model can act on is better than silence.
  return { input: input.strict(), withoutAbsent: createAbsentArguments(input.shape) };
}

/** The arguments of a call by the tool's input. Throws Refused `input-invalid`. */
function parseInput<I extends z.ZodRawShape>(
  { input, withoutAbsent }: InputReader<I>,
  args: unknown,
): z.output<z.ZodObject<I>> {
  const half = halfPairPath(args);
  if (half !== null) {
    const problems = problemsOf([{ path: half === "" ? [] : [half], message: HALF_PAIR }]);
    throw new Refused({ reason: "input-invalid", problems });
  }
  const parsed = input.safeParse(withoutAbsent(args), { error: argumentWords });
  if (!parsed.success) {
    throw new Refused({ reason: "input-invalid", problems: problemsOf(parsed.error.issues) });
  }
  return parsed.data;
}

function objectSchema(name: string, schema: z.ZodObject, io: "input" | "output"): ObjectSchema {
  const json = z.toJSONSchema(schema, { target: "draft-2020-12", io });
  if (json.type !== "object" || json.allOf || json.anyOf || json.oneOf) {
    throw new TypeError(`Cannot define tool ${name}: the root of its ${io} schema must be a plain object`);
  }
  return Object.freeze({ ...portableSchema({ ...json }), type: "object" });
}
