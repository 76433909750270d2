// What `deno task undo` is asked for: whose work, since when, at which gateway, and whose token. A token and a password are not among
// the arguments: others could read them in the list of processes.
import { parseArgs } from "node:util";
import { z } from "zod";
import { addressOf, hostAndPort } from "../../process/address.ts";
import { isTimeZone } from "../../lib/kit/is_time_zone.ts";
import { isPlainUrl } from "../../lib/settings/setting_reader.ts";
import { Account } from "../token/account.ts";
import { localTime, readMoment } from "./read_moment.ts";

/** How the task is called. */
export const USAGE = `deno task undo --client "Claude" --since 14:00
  --client NAME        the app, as the page of apps calls it
  --own                instead: programs that have your own token
  --since TIME         14:00 (today), 2h (ago), 2026-05-20T14:00, 2026-05-20T14:00Z
  --until TIME         what was done later stays; now by default
  --tool NAME          only what this tool did, such as notes.delete
  --space NAME         in this space; in your own one by default
  --zone ZONE          of these times, such as Europe/Berlin; that of this computer by default
  --dry-run            shows what would be put back, and changes nothing
  --yes                does not ask here; your own page may still ask
  --no-wait            prints the link of that page and ends, with 1
  --auth URL [EMAIL]   your account at an auth service, with --gateway; else MANA_TOKEN, else
                       the first person of a running deno task start
  --gateway URL        https://mcp.example.org/mcp; that of a running deno task start by default
It ends with 0 when everything is done or nothing was to do, with 1 when it was refused or nobody
knows, with 2 for arguments that make no sense, with 3 when you said no or nobody answered.`;

/** Reads the arguments of the task. */
export function undoArguments(args: readonly string[], place: CalledAt): UndoArguments {
  let given: ReturnType<typeof parse>;
  try {
    given = parse(args);
  } catch (error) {
    // Of the words of a strict reader the first line names the argument.
    return no(error instanceof TypeError ? error.message.split("\n")[0] ?? "" : "Unknown arguments.");
  }
  const { values: { zone = place.zone, since, until, ...more }, positionals } = given;
  const whose = readWhose(more);
  if (!whose.ok) return whose;
  if (!isTimeZone(zone)) return no("--zone takes the name of a time zone, such as Europe/Berlin.");
  const times = readTimes(since, until, { ...place, zone });
  if (!times.ok) return times;
  const isYes = more.yes === true;
  const isDry = more["dry-run"] === true;
  if (!isYes && !isDry && !place.canAsk) return no("Nobody can be asked here: add --yes or --dry-run.");
  const way = readWay({ gateway: more.gateway, auth: more.auth, emails: positionals }, place);
  if (!way.ok) return way;
  const request: UndoTask = {
    ...whose.whose,
    ...times.times,
    zone,
    isZoneChosen: given.values.zone !== undefined,
    isYes,
    isDry,
    waits: more["no-wait"] !== true,
    gateway: way.gateway,
    account: way.account,
  };
  return { ok: true, request };
}

/** What was asked for, as one process tells it to another. No secret is in it. */
export const UndoTask = z.object({
  /** Absent for the person's own token. */
  client: z.string().optional(),
  tool: z.string().optional(),
  space: z.string().optional(),
  /** ISO 8601, as are all times here. */
  since: z.iso.datetime(),
  until: z.iso.datetime().optional(),
  zone: z.string(),
  isZoneChosen: z.boolean(),
  isYes: z.boolean(),
  isDry: z.boolean(),
  /** Whether the task waits for what the person decides on their page. */
  waits: z.boolean(),
  gateway: z.string(),
  account: Account,
});
/** What was asked for. */
export type UndoTask = Readonly<z.infer<typeof UndoTask>>;

/** Where, when and how the task was called. */
export interface CalledAt {
  /** The time zone of the computer. */
  readonly zone: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether somebody sits at the terminal. */
  readonly canAsk: boolean;
  /** Whether `MANA_TOKEN` is set. */
  readonly hasToken: boolean;
  /** Ports of a running start. */
  readonly gatewayPort: string;
  readonly authPort: string;
}

/** What was asked for, or what is wrong with it. */
export type UndoArguments = { readonly ok: true; readonly request: UndoTask } | Problem;

interface Problem {
  readonly ok: false;
  readonly problem: string;
}

/** The hosts that the task may then reach, as `--allow-net` takes them. */
export function hostsOf({ gateway, account }: UndoTask): string[] {
  return [...new Set([gateway, ...(account.kind === "token" ? [] : [account.authUrl])].map(hostAndPort))];
}

/** Names of apps and tools are not longer; those of spaces hardly. */
const MAX_NAME_CHARS = 64;

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  return parseArgs({
    args: [...args],
    options: {
      client: text,
      since: text,
      until: text,
      tool: text,
      space: text,
      zone: text,
      gateway: text,
      auth: text,
      own: flag,
      yes: flag,
      "dry-run": flag,
      "no-wait": flag,
    },
    allowPositionals: true,
  });
}

/** Whose work it is, and where. */
function readWhose(
  { client, own, tool, space }: Readonly<Partial<Record<"client" | "tool" | "space", string>>> & {
    readonly own?: boolean;
  },
): { readonly ok: true; readonly whose: Pick<UndoTask, "client" | "tool" | "space"> } | Problem {
  if ((client === undefined) === (own !== true)) {
    return no(
      '--client names the app whose work is to be undone: --client "Claude". Or it is --own, your own token.',
    );
  }
  for (const [name, text] of Object.entries({ client, tool, space })) {
    if (text === undefined || (text.trim() !== "" && text.length <= MAX_NAME_CHARS)) continue;
    return no(`--${name} takes a name of at most ${MAX_NAME_CHARS} characters.`);
  }
  const whose = {
    ...(client === undefined ? {} : { client: client.trim() }),
    ...(tool === undefined ? {} : { tool: tool.trim() }),
    ...(space === undefined ? {} : { space: space.trim() }),
  };
  return { ok: true, whose };
}

function readTimes(
  since: string | undefined,
  until: string | undefined,
  place: CalledAt,
): { readonly ok: true; readonly times: Pick<UndoTask, "since" | "until"> } | Problem {
  if (since === undefined) return no("--since says from when on: --since 14:00.");
  const from = readMoment(since, place);
  if (!from.ok) return no(`--since ${shown(since)}: ${from.problem}`);
  if (from.at > place.now) return no(`--since ${shown(since)} is still to come: ${clockWords(since, place)}`);
  const iso = new Date(from.at).toISOString();
  if (until === undefined) return { ok: true, times: { since: iso } };
  const to = readMoment(until, place);
  if (!to.ok) return no(`--until ${shown(until)}: ${to.problem}`);
  if (to.at <= from.at) return no("--until has to be later than --since.");
  return { ok: true, times: { since: iso, until: new Date(to.at).toISOString() } };
}

/** The gateway and the account. A token goes nowhere but to the gateway that it is meant for. */
function readWay(
  { gateway, auth, emails }: {
    readonly gateway: string | undefined;
    readonly auth: string | undefined;
    readonly emails: readonly string[];
  },
  { hasToken, gatewayPort, authPort }: CalledAt,
): { readonly ok: true } & Pick<UndoTask, "gateway" | "account"> | Problem {
  const [email = null, ...others] = emails;
  if (others.length > 0 || (email !== null && (auth === undefined || !email.includes("@")))) {
    return no("Unknown arguments: what stands alone is the e-mail address after --auth URL.");
  }
  for (const [name, url] of [["--gateway", gateway], ["--auth", auth]] as const) {
    if (url !== undefined && !isPlainUrl(url)) {
      return no(`${name} takes an http or https URL without user, query and fragment.`);
    }
  }
  if (auth !== undefined && gateway === undefined) {
    return no("--auth goes with --gateway, the address that your clients have: https://mcp.example.org/mcp.");
  }
  if (gateway !== undefined && auth === undefined && !hasToken) {
    return no("--gateway goes with --auth URL, or with a token of yours in MANA_TOKEN.");
  }
  const way = { ok: true, gateway: gateway ?? `http://${addressOf("127.0.0.1", gatewayPort)}/mcp` } as const;
  if (auth !== undefined) {
    return { ...way, account: { kind: "auth", authUrl: auth.replace(/\/$/, ""), email } };
  }
  if (hasToken) return { ...way, account: { kind: "token" } };
  return { ...way, account: { kind: "first", authUrl: `http://${addressOf("127.0.0.1", authPort)}` } };
}

/** What the clock says, and how to write the same time of yesterday. */
function clockWords(typed: string, { zone, now }: CalledAt): string {
  const { time } = localTime(now, zone);
  const yesterday = localTime(now, zone).day.subtract({ days: 1 });
  const [, clock] = /^(\d{1,2}:\d{2})$/.exec(typed.trim()) ?? [];
  const hint = clock === undefined
    ? ""
    : ` For yesterday write --since ${yesterday}T${clock.padStart(5, "0")}.`;
  return `it is ${time} in ${zone}.${hint}`;
}

/** An argument as it may stand in a sentence. */
function shown(argument: string): string {
  return argument.length > 40 ? `${argument.slice(0, 40)}…` : argument;
}

function no(problem: string): Problem {
  return { ok: false, problem };
}
