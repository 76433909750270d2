// The embedded backend with personas switched on, the gateway, the runner: three processes, each with its own rights and its own keys.
// The runner gets the personas key and the seed secret, never the gateway's key or the operator's password.
import { OPERATOR_ADDRESS } from "../../backend/personas/ensure_operator.ts";
import { readPersonaSecrets } from "../../backend/data_folder/ensure_persona_secrets.ts";
import { SETTING_NAMES as RUNNER_SETTINGS } from "../../runner/settings/settings_table.ts";
import { signIn } from "../stack/sign_in.ts";
import { type Stack, startStack } from "../stack/start_stack.ts";
import { createOperator, type Operator } from "./operator.ts";
import { type RunnerProcess, startRunner } from "./runner_process.ts";

/** Starts backend and gateway on the folder `data`; the runner is started by {@link PersonasStack.startRunner}. */
export async function startPersonasStack(
  { data, env, onLine, ownGroupUntil }: PersonasStackOptions,
): Promise<PersonasStack> {
  const group = ownGroupUntil === undefined ? {} : { ownGroupUntil };
  const stack = await startStack({
    data,
    env: { LOG_LEVEL: "warn", ...env, BACKEND_PERSONAS: "on" },
    onLine,
    ...group,
  });
  const parts: { runner?: RunnerProcess; starting?: Promise<RunnerProcess> } = {};
  const stop = async () => {
    // A runner that is starting is waited for, so that it does not outlive the two others. One that fails has ended itself.
    await Promise.allSettled([parts.starting]);
    const runner = await parts.runner?.process.stop() ?? 0;
    const { gateway, backend } = await stack.stop();
    return runner || gateway || backend;
  };
  try {
    const secrets = await readPersonaSecrets(data);
    if (secrets === undefined) throw new Error(`The backend made no secrets of personas in ${data}`);
    let stopping: Promise<number> | undefined;
    return {
      ...stack,
      key: secrets.key,
      operator: await signInOperator(stack.authUrl, secrets),
      async startRunner(settings) {
        if (stopping !== undefined) throw new Error("The stack is stopping");
        parts.starting = startRunner({
          env: {
            ...pickRunnerSettings(env),
            ...settings,
            // By the name that people use: a cookie and a consent page are for this name alone.
            MANA_AUTH_URL: stack.issuer,
            MANA_MCP_URL: stack.mcpUrl,
            MANA_PERSONAS_KEY: secrets.key,
            PERSONA_SEED_SECRET: secrets.seedSecret,
          },
          onLine: (line) => onLine("runner", line),
          ...group,
        });
        return parts.runner = await parts.starting;
      },
      ended: () =>
        Promise.race(
          [stack.gateway, stack.backend, ...parts.runner === undefined ? [] : [parts.runner.process]]
            .map(({ exited }) => exited),
        ),
      stop: () => stopping ??= stop(),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** How to start. */
export interface PersonasStackOptions {
  /** The backend's data folder. Never one with people in it: the processes are told of no other folder or database. */
  readonly data: string;
  /** Ports, and settings of the runner; see {@link HANDED_ON}. */
  readonly env: Readonly<Record<string, string>>;
  readonly onLine: (source: "backend" | "gateway" | "runner", line: string) => void;
  /** As in `startDeno` of scripts/stack/deno_process.ts: for whoever hears Ctrl-C and stops everything in its order. */
  readonly ownGroupUntil?: AbortSignal;
}

/** What runs. */
export interface PersonasStack extends Pick<Stack, "authUrl" | "issuer" | "mcpUrl" | "syncUrl" | "gateway"> {
  /** The personas key, for the runner's switches. */
  readonly key: string;
  readonly operator: Operator;
  /** Starts the runner, once, with these settings besides those of the environment. */
  startRunner(settings: Readonly<Record<string, string>>): Promise<RunnerProcess>;
  /** Resolves when one of the processes has ended by itself: the others are of no use then. */
  ended(): Promise<number>;
  /** Stops the runner first, so that its last rows are posted; resolves with the first exit code that is not 0. */
  stop(): Promise<number>;
}

/**
 * The variables that the task hands on. Not those of the gateway and the backend in general: a database or a folder that somebody's
 * shell names for a real deployment would be given twelve people who do not exist.
 */
export const HANDED_ON: readonly string[] = [
  "PORT",
  "BACKEND_PORT",
  "BACKEND_SYNC_PORT",
  "PERSONAS_PORT",
  "LOG_LEVEL",
  "PERSONA_BRAIN",
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_BASE_URL",
  "PERSONA_MODEL",
  "PERSONA_BUDGET_TOKENS",
  "PERSONA_CONCURRENCY",
  "PERSONA_TICK_INTERVAL_MS",
  "PERSONA_SEED",
];

/** Ports that are usual, by the variable that moves each. */
export const USUAL_PORTS: Readonly<Record<string, number>> = {
  BACKEND_PORT: 3001,
  BACKEND_SYNC_PORT: 3050,
  PORT: 3069,
  PERSONAS_PORT: 3070,
};

/** Signs in the operator of the backend at `authUrl`. */
export async function signInOperator(
  authUrl: string,
  { operatorPassword, seedSecret }: { readonly operatorPassword: string; readonly seedSecret: string },
): Promise<Operator> {
  const token = await signIn(authUrl, OPERATOR_ADDRESS, operatorPassword);
  return createOperator({ url: authUrl, token, seedSecret, fetch });
}

function pickRunnerSettings(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => RUNNER_SETTINGS.includes(name)));
}
