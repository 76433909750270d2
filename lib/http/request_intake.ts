import { Refused } from "../kit/errors.ts";
import { MAX_ARRIVING_BYTES, MAX_ARRIVING_BYTES_PER_PERSON, MAX_ARRIVING_PER_PERSON } from "../kit/limits.ts";
import type { BodyAccount, BodyAccounts } from "./read_body.ts";
import { fullRefusal, type InFlight } from "./in_flight.ts";
import { createShares, type Shares } from "./shares.ts";

/** One request's way in: what its body holds while it arrives, and when the request counts as work. */
export interface Intake extends BodyAccounts {
  /** The body is there, the work begins. Throws Refused `share-exceeded`, `overloaded` or `stopping`. */
  arrived(): void;
}

/** Dependencies of {@link RequestIntake}, the same for all requests. */
export interface IntakeDeps {
  readonly arriving: Arriving;
  readonly inFlight: InFlight;
  readonly isStopping: () => boolean;
}

/** Bodies on their way, over all people. */
export interface Arriving {
  readonly bodies: Shares;
  readonly bytes: Shares;
}

/** Creates the count of bodies on their way, with none. */
export function createArriving(): Arriving {
  return Object.freeze({
    bodies: createShares({ perHolder: MAX_ARRIVING_PER_PERSON, inAll: Infinity }),
    bytes: createShares({ perHolder: MAX_ARRIVING_BYTES_PER_PERSON, inAll: MAX_ARRIVING_BYTES }),
  });
}

/**
 * Holds one person's requests to that person's share. A body that came with its headers is counted nowhere on its way: only
 * what trickles can fill a share, and it fills the trickler's own. A class, since one is made for every request.
 */
export class RequestIntake implements Intake {
  readonly #deps: IntakeDeps;
  readonly #person: string;
  #isCounted = false;

  /** `person` is a key that is another for each person. */
  constructor(deps: IntakeDeps, person: string) {
    this.#deps = deps;
    this.#person = person;
  }

  /** Throws Refused `share-exceeded` or `overloaded`, and so does the account. */
  waiting(): BodyAccount {
    const { bodies, bytes } = this.#deps.arriving;
    const person = this.#person;
    demand(bodies.take(person, 1));
    let held = 0;
    return {
      add(more) {
        demand(bytes.take(person, more));
        held += more;
      },
      close() {
        bodies.giveBack(person, 1);
        bytes.giveBack(person, held);
      },
    };
  }

  arrived(): void {
    if (this.#deps.isStopping()) throw new Refused({ reason: "stopping" }); // the body may have been a slow one
    this.#deps.inFlight.begin(this.#person);
    this.#isCounted = true;
  }

  /** The last byte of the answer was handed over, or there is none; may be called where nothing was counted. */
  end(): void {
    if (this.#isCounted) this.#deps.inFlight.end(this.#person);
    this.#isCounted = false;
  }
}

function demand(found: ReturnType<Shares["take"]>): void {
  if (found !== "taken") throw new Refused(fullRefusal(found));
}
