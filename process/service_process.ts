// What the processes of the services do alike: they listen, write JSON lines, stop on a signal after open requests had their time,
// and end with a code that says why. main.ts of each hands the runtime in. Imports nothing of any service.
import { addressOf } from "./address.ts";
import { EX_CONFIG, EX_OSERR } from "./exit_codes.ts";
import { createListener, type Listener, type Listening } from "./listener.ts";

/** Creates the process' ways to the outside. */
export function createServiceProcess(runtime: Runtime): ServiceProcess {
  const print = (to: Output, entry: LogEntry) => writeLine(to, JSON.stringify(entry));
  const system: ServiceProcess = {
    announce: (entry) => print(runtime.stdout, entry),
    log: (entry) => print(runtime.stderr, entry),
    fail(problems, code = EX_CONFIG) {
      for (const problem of problems) writeLine(runtime.stderr, problem);
      return runtime.exit(code);
    },
    createDoor: (door) => createDoor(runtime, system, door),
    open(door, port, variable) {
      try {
        return door.open(port).port;
      } catch (error) {
        if (!(error instanceof Error && error.name === "AddrInUse")) throw error;
        return system.fail([`Cannot listen on port ${port}: it is taken; set ${variable} to a free port`]);
      }
    },
    async stop(work, code) {
      const stopped = Promise.all(work.doors.map((door) => door.close()));
      work.endStreams?.();
      const drained = await Promise.race([
        stopped.then(() => true),
        runtime.delay(DRAIN_MS).then(() => false),
      ]);
      await work.close();
      system.announce({ event: "stopped", drained: String(drained) });
      runtime.exit(code);
    },
    stopOnSignal(work) {
      const stopped = () => {
        for (const signal of SIGNALS) runtime.removeSignalListener(signal, stopped); // a second signal ends it at once
        void system.stop(work, 0);
      };
      for (const signal of SIGNALS) runtime.addSignalListener(signal, stopped);
    },
  };
  return system;
}

/** The process of a service, as its main.ts uses it. */
export interface ServiceProcess {
  /** A line for whoever started the process. */
  announce(entry: LogEntry): void;
  /** A line of the log. */
  log(entry: LogEntry): void;
  /** Says what is wrong, a line each, and ends the process; with 78 by default. */
  fail(problems: readonly string[], code?: number): never;
  /** A port to be opened. */
  createDoor(door: DoorOptions): Door;
  /** Opens a door and returns its port. Ends the process where another program has the port that `variable` names. */
  open(door: Door, port: number, variable: string): number;
  /** Ends the process with a code, after open requests had their time. */
  stop(work: RunningWork, code: number): Promise<void>;
  /** Stops on SIGTERM and SIGINT. */
  stopOnSignal(work: RunningWork): void;
}

/** One event: fixed words, names and numbers. */
export type LogEntry = Readonly<Record<string, string | number>>;

/** A port that is listened on. */
export interface Door extends Listener {
  /** The origin of the port that {@link Listener.open} has opened, such as `http://127.0.0.1:3002`. */
  urlOf(port: number): string;
}

/** How a port is listened on. */
export interface DoorOptions {
  /** Name in the log. */
  readonly service: string;
  readonly hostname: string;
  /** `peer` is the address at the other end of the connection. */
  readonly handler: (request: Request, peer: string) => Promise<Response>;
  /** Called once when nobody can reach the port any more; the process is to be stopped with 71 then. */
  readonly onLost: (code: number) => void;
}

/** What runs until the process stops. */
export interface RunningWork {
  readonly doors: readonly Listener[];
  /** Ends answers that would never end by themselves. */
  readonly endStreams?: () => void;
  /** Called when open requests have ended or had their time. */
  readonly close: () => Promise<void>;
}

/** The part of the runtime that a process needs; `Deno` has most of it. */
export interface Runtime {
  readonly stdout: Output;
  readonly stderr: Output;
  exit(code: number): never;
  serve(
    options: { readonly hostname: string; readonly port: number; readonly onListen: () => void },
    handler: (
      request: Request,
      info: { readonly remoteAddr: { readonly hostname: string } },
    ) => Promise<Response>,
  ): Listening;
  addSignalListener(signal: Signal, handler: () => void): void;
  removeSignalListener(signal: Signal, handler: () => void): void;
  /** Waits so many milliseconds. */
  delay(ms: number): Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  monotonic(): number;
}

interface Output {
  writeSync(bytes: Uint8Array): number;
}

type Signal = typeof SIGNALS[number];

const SIGNALS = ["SIGTERM", "SIGINT"] as const;
const NO_HOST = "The Host header is no host and port: send the host of the address that you call.";
/** Time for open requests after a stop signal. */
const DRAIN_MS = 5000;

function createDoor(runtime: Runtime, system: ServiceProcess, door: DoorOptions): Door {
  const { service, hostname, handler } = door;
  const log = (event: string, fields: LogEntry = {}) => system.log({ event, service, ...fields });
  const listener = createListener({
    listen: (port, onRequest) =>
      runtime.serve({ hostname, port, onListen() {} }, (request, { remoteAddr }) => {
        onRequest();
        // The runtime makes the URL of the Host header, unchecked: nothing behind this door has to expect an address that is none.
        if (!URL.canParse(request.url)) return Promise.resolve(new Response(NO_HOST, { status: 400 }));
        return handler(request, remoteAddr.hostname);
      }),
    delay: runtime.delay,
    monotonic: runtime.monotonic,
    onFailure: ({ problem, pauseMs, failures }) => log("listener-failed", { problem, ms: pauseMs, failures }),
    onReturn: () => log("listener-back"),
    onLost: () => {
      log("listener-lost");
      door.onLost(EX_OSERR);
    },
  });
  return { ...listener, urlOf: (port) => `http://${addressOf(hostname, port)}` };
}

function writeLine(to: Output, line: string): void {
  to.writeSync(new TextEncoder().encode(`${line}\n`));
}
