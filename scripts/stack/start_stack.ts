// Starts the embedded backend and the gateway as two processes, each with exactly its own rights.
import { z } from "zod";
import { parseSettings } from "../../lib/settings/settings.ts";
import { SETTINGS } from "../../lib/settings/settings_table.ts";
import { gatewayFlags } from "../../lib/settings/process_flags.ts";
import { backendPermissions } from "../../backend/permissions.ts";
import {
  parseSettings as parseBackendSettings,
  SETTING_NAMES as BACKEND_SETTINGS,
} from "../../backend/settings.ts";
import { signInFlags } from "../../sign_in/settings/permissions.ts";
import { parseSettings as parseSignInSettings } from "../../sign_in/settings/settings.ts";
import { SETTING_NAMES as SIGN_IN_SETTINGS } from "../../sign_in/settings/settings_table.ts";
import { agreedSettings } from "./agreed_settings.ts";
import { type DenoProcess, startDeno } from "./deno_process.ts";

/**
 * Starts the embedded backend and the gateway as two processes, each with exactly its own rights: the backend its data
 * folder and its listening ports, the gateway its listening port and the two services.
 */
export async function startStack(given: StackOptions): Promise<Stack> {
  const options = { ...given, env: { ...given.env, ...agreedSettings(given.env) } };
  const backend = startBackend(options);
  try {
    const { auth, sync, issuer } = Listening.parse(await backend.event("listening"));
    const gateway = startGateway({
      env: { ...options.env, MANA_AUTH_URL: auth, MANA_SYNC_URL: sync, JWT_ISSUER: issuer },
      ...(options.onLine === undefined ? {} : { onLine: (line) => options.onLine?.("gateway", line) }),
      ...(options.ownGroupUntil === undefined ? {} : { ownGroupUntil: options.ownGroupUntil }),
    });
    try {
      const { url } = z.object({ url: z.string() }).parse(await gateway.event("listening"));
      let stopping: ReturnType<Stack["stop"]> | undefined;
      const stop = async () => ({ gateway: await gateway.stop(), backend: await backend.stop() });
      return {
        authUrl: auth,
        issuer,
        syncUrl: sync,
        mcpUrl: url,
        backend,
        gateway,
        // Once: a second signal would end the backend at once, in the middle of a request.
        stop: () => stopping ??= stop(),
      };
    } catch (error) {
      await gateway.stop();
      throw error;
    }
  } catch (error) {
    await backend.stop();
    throw error;
  }
}

/** How to start the backend and the gateway together. */
export interface StackOptions {
  /** The backend's data folder; made when it does not exist. */
  readonly data: string;
  /** Address of the account to create at first start; none when absent. */
  readonly firstPerson?: string;
  /** Settings of the backend and the gateway on top of their defaults; ports may be `0`. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine?: (source: "backend" | "gateway", line: string) => void;
  /** As in {@link startDeno}: for whoever stops the two in their order on Ctrl-C, and hears it from the beginning. */
  readonly ownGroupUntil?: AbortSignal;
}

/** A running stack. */
export interface Stack {
  readonly authUrl: string;
  /** The address under which people reach the sign-in pages. */
  readonly issuer: string;
  readonly syncUrl: string;
  readonly mcpUrl: string;
  readonly backend: DenoProcess;
  readonly gateway: DenoProcess;
  /** Stops the gateway, then the backend; resolves with their exit codes. */
  stop(): Promise<{ readonly gateway: number; readonly backend: number }>;
}

const Listening = z.object({ auth: z.string(), sync: z.string(), issuer: z.string() });
const root = new URL("../..", import.meta.url);

/** Starts the embedded backend alone. */
export function startBackend(options: StackOptions): DenoProcess {
  const env = {
    ...pick(options.env, [...BACKEND_SETTINGS]),
    BACKEND_DATA: options.data,
    ...(options.firstPerson === undefined ? {} : { BACKEND_FIRST_PERSON: options.firstPerson }),
  };
  const parsed = parseBackendSettings(env);
  return startDeno({
    name: "The backend",
    args: [
      // Settings that cannot be used get no right at all: the backend then says what is wrong with them.
      ...(parsed.ok
        ? backendPermissions(parsed.settings)
        : ["--no-prompt", `--allow-env=${BACKEND_SETTINGS.join(",")}`]),
      new URL("backend/main.ts", root).href,
    ],
    env,
    ...(options.onLine === undefined ? {} : { onLine: (line) => options.onLine?.("backend", line) }),
    ...(options.ownGroupUntil === undefined ? {} : { ownGroupUntil: options.ownGroupUntil }),
  });
}

/** How to start the sign-in server alone. */
export interface SignInOptions {
  /** Settings on top of their defaults; the port may be `0`. */
  readonly env: Readonly<Record<string, string>>;
  /** The flags of `deno task sign-in` for these settings by default; tests try others. */
  readonly flags?: readonly string[];
  readonly onLine?: (line: string) => void;
}

/** Starts the sign-in server alone, with exactly its own rights. */
export function startSignIn(options: SignInOptions): DenoProcess {
  const env = pick(options.env, SIGN_IN_SETTINGS);
  const parsed = parseSignInSettings(env);
  return startDeno({
    name: "The sign-in server",
    args: [
      ...(options.flags ?? signInFlags(parsed.ok ? parsed.settings : null)),
      new URL("sign_in/main.ts", root).href,
    ],
    env,
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
  });
}

/** How to start the gateway alone. */
export interface GatewayOptions {
  readonly env: Readonly<Record<string, string>>;
  /** The product by default; tests start it with a tool that should not be there. */
  readonly entry?: URL;
  /** The flags of `deno task serve` for these settings by default; tests try others. */
  readonly flags?: readonly string[];
  readonly onLine?: (line: string) => void;
  /** As in {@link startDeno}. */
  readonly ownGroupUntil?: AbortSignal;
}

/** Starts the gateway alone, with the flags of `deno task serve` for these settings. */
export function startGateway(options: GatewayOptions): DenoProcess {
  const env = pick(options.env, SETTINGS.map(({ name }) => name));
  const parsed = parseSettings(env);
  return startDeno({
    name: "The gateway",
    args: [
      ...(options.flags ?? gatewayFlags(parsed.ok ? parsed.settings : null)),
      (options.entry ?? new URL("main.ts", root)).href,
    ],
    env: { ...env, ...readByDeno(options.env) },
    ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
    ...(options.ownGroupUntil === undefined ? {} : { ownGroupUntil: options.ownGroupUntil }),
  });
}

/**
 * Variables that Deno reads itself, outside the program's rights: whose certificates it trusts, and telemetry. Its own spans hold addresses
 * as sent: ours replace them.
 */
function readByDeno(env: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(env).filter((name) => name === "DENO_CERT" || name.startsWith("OTEL_"));
  return { OTEL_DENO_TRACING: "false", ...pick(env, names) };
}

function pick(env: Readonly<Record<string, string>>, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => names.includes(name)));
}
