// What the gateway needs of the outside world.
import type { Clock } from "../kit/clock.ts";
import type { Hide } from "../kit/secret.ts";
import type { SharedStore } from "../nodes/shared_store.ts";
import type { Log } from "../observe/log.ts";
import type { Trace } from "../observe/trace.ts";
import type { PersonAction } from "../person_page/person_action.ts";
import type { Confinement } from "../../process/confinement.ts";
import type { ProcessFacts } from "../observe/process_facts.ts";
import type { Settings } from "../settings/settings.ts";
import type { Offered } from "../tool/offered.ts";
import type { ListenerState } from "../../process/listener.ts";

/** Everything of the outside world that the gateway uses, and what it offers. */
export interface GatewayDeps extends Offered {
  readonly settings: Settings;
  readonly version: string;
  readonly log: Log;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** A random UUID. */
  readonly newId: () => string;
  /** A random number from 0 to 1, for jitter only. */
  readonly random: () => number;
  /** What the process was found to be allowed; absent where nobody measured, inside another program. */
  readonly confinement?: Confinement;
  /** Whether the process can be reached; absent where nobody listens, inside another program. */
  readonly listener?: ListenerState;
  /** What is told of the process in `/metrics`; absent inside another program. */
  readonly processFacts?: ProcessFacts;
  /** What several gateways share; none by default. The gateway lets go of it when it stops. */
  readonly sharedStore?: SharedStore;
  /** Where spans go; nowhere by default. */
  readonly trace?: Trace;
  /** Hint streams at once over all people; MAX_HINT_STREAMS by default. */
  readonly maxHintStreams?: number;
  /** false: every request goes through the SDK, so that tests can compare the two ways; true by default. */
  readonly fastPath?: boolean;
  /** Actions of the sign-in server's pages besides the gateway's own; for tests, none by default. */
  readonly personActions?: readonly PersonAction[];
  /** How secrets are guarded; redacting by default. */
  readonly hide?: Hide;
}
