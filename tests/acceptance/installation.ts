// What the steps of acceptance may use: an operator's installation, however its parts are reached. In one process it is
// in_process.ts, on ports on_ports.ts. The steps know nothing else of either.
import type { People } from "../_support/real_services/people.ts";
import type { RealServices } from "../_support/real_services/real_services.ts";
import type { Services } from "../_support/test_backend.ts";

/** A gateway, its sign-in server, and the services behind them: `auth` and `sync` are how devices reach these. */
export interface Installation extends Pick<Services, "auth" | "sync" | "clock"> {
  /** The address of the gateway that apps are told, with its path. */
  readonly mcpUrl: string;
  /** The public address of the sign-in server. */
  readonly signInUrl: string;
  readonly authUrl: string;
  /** What the gateway is known by at the sign-in server. */
  readonly signInKey: string;
  /** The name of a shared space that the person has, where the installation has any. */
  readonly team?: string;
  /** Somebody with an account and a vault. */
  readonly person: Credentials;
  toGateway(request: Request): Promise<Response>;
  /** Reaches the sign-in server as a proxy on its computer does, which says for whom it asks (`X-Forwarded-For`). */
  toSignIn(request: Request): Promise<Response>;
  /** Lets a few seconds pass. */
  wait(ms: number): Promise<void>;
  readonly powers: Partial<Powers>;
}

/** What somebody types to sign in. */
export interface Credentials {
  readonly email: string;
  readonly password: string;
}

/** What a step may need that not every installation has. */
export interface Powers {
  readonly people: People;
  /** Lets minutes pass for everybody at once. */
  readonly turnClock: (ms: number) => void;
  /** The services as the stand-in shows them: what they received, and how they fail. */
  readonly services: Pick<RealServices, "fault" | "requests">;
  readonly restart: { signIn(): Promise<void>; gateway(): Promise<void> };
  /** Does something while the sign-in server cannot be reached. */
  readonly withoutSignIn: (work: () => Promise<void>) => Promise<void>;
  /** A gateway without a sign-in server; with this key of the auth service, or without any. */
  readonly startBareGateway: (serviceKey?: string) => Promise<BareGateway>;
  /** The key of the auth service. */
  readonly authServiceKey: string;
  /** Everything that the gateway and the sign-in server logged. */
  readonly logs: () => readonly string[];
}

/** A gateway that only takes people's own tokens. */
export interface BareGateway extends AsyncDisposable {
  readonly mcpUrl: string;
  send(request: Request): Promise<Response>;
}

/** Why a step is left out. */
export const LEFT_OUT: Readonly<Record<keyof Powers, string>> = {
  people: "needs people and spaces that the stand-in makes",
  turnClock: "needs minutes to pass for every process at once",
  services: "needs services that can be looked into and made to fail",
  restart: "needs processes that may be restarted",
  withoutSignIn: "needs a sign-in server that may be taken away",
  startBareGateway: "needs a second gateway",
  authServiceKey: "needs the key of the auth service (MANA_SERVICE_KEY)",
  logs: "needs what the processes logged",
};
