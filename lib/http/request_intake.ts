// One request on its way in: what its body holds while it arrives, and from when the request counts as work of its person.
import { Refused } from "../kit/errors.ts";
import { MAX_ARRIVING_BYTES, MAX_ARRIVING_BYTES_PER_PERSON, MAX_ARRIVING_PER_PERSON } from "../kit/limits.ts";
import type { BodyAccount, BodyAccounts } from "./read_body.ts";
import { fullRefusal, type InFlight } from "./in_flight.ts";
import { createShares, type Shares } from "./shares.ts";

/**
 * Holds one person's requests to that person's share. A body that came with its headers is not counted on its way. Only a body
 * that trickles in can fill a share, and it fills the share of the person who sends it. A class, since one is made per request.
 */
export class RequestIntake implements Intake {
  readonly #deps: IntakeDeps;
  readonly #person: string;
  #isCounted = false;
  #hasTurn = false;

  /** `person` is a key that differs for each person. */
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

  arrived(): Promise<void> | undefined {
    if (this.#deps.isStopping()) throw new Refused({ reason: "stopping" }); // the body may have taken long
    const turn = this.#deps.inFlight.begin(this.#person);
    this.#isCounted = this.#hasTurn = true;
    return turn;
  }

  /** To be called when the answer goes on as a stream, before {@link end}: it takes nobody's turn. */
  answered(): void {
    if (this.#hasTurn) this.#deps.inFlight.answered();
    this.#hasTurn = false;
  }

  /** To be called when the last byte of the answer was handed over, or there is no answer; also where nothing was counted. */
  end(): void {
    if (this.#isCounted) this.#deps.inFlight.end(this.#person, this.#hasTurn);
    this.#isCounted = this.#hasTurn = false;
  }
}

/** What the protocol is given of an intake. */
export interface Intake extends BodyAccounts {
  /**
   * The body is there. The work begins at once where undefined is returned, else as soon as the promise resolves; nothing else may end the
   * request before. Throws Refused `share-exceeded`, `overloaded` or `stopping`.
   */
  arrived(): Promise<void> | undefined;
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

function demand(found: ReturnType<Shares["take"]>): void {
  if (found !== "taken") throw new Refused(fullRefusal(found));
}
