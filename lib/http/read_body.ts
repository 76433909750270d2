// Reads the body of a request: bounded in bytes and in time, counted while it arrives. Decodes nothing.
import type { Clock } from "../kit/clock.ts";
import { Refused } from "../kit/errors.ts";

/** Bounds of {@link readBody}. */
export interface BodyLimits {
  /** More than this many bytes are refused, however the body is framed. */
  readonly maxBytes: number;
  /** The last byte must have arrived after this many milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** What a body that is not there yet is counted on. */
export interface BodyAccount {
  /** Counts bytes that are held, or for which room is kept. Throws a Refused where there is no room. */
  add(bytes: number): void;
  /** The body has arrived or was given up: nothing of it is counted any more. */
  close(): void;
}

/** Where a body that has to be waited for gets its account. */
export interface BodyAccounts {
  /** Throws a Refused where there is no room for one more. */
  waiting(): BodyAccount;
}

/**
 * The whole body of a request, empty when it has none.
 *
 * Bytes are counted as they arrive, since Content-Length may be absent (chunked) or a lie; the declared length only
 * serves to refuse early. Nothing is decoded here: Content-Encoding is the caller's to refuse.
 *
 * `accounts` opens an account for a body that has to be waited for; what that throws ends the reading.
 *
 * Throws Refused `body-too-large`, `body-timeout` (a body that trickles in holds memory and a connection: the slow-body
 * attack) or `cancelled` (the client went away while sending).
 */
export function readBody(
  request: Request,
  limits: BodyLimits,
  accounts?: BodyAccounts,
): Promise<Uint8Array> {
  const length = request.headers.get("content-length");
  // The server hands over no more than was declared, so that a small body can be taken as a whole.
  return length !== null && Number(length) <= Math.min(SMALL_BODY_BYTES, limits.maxBytes)
    ? readSmall(request, limits, Number(length), accounts)
    : readLarge(request, limits, accounts);
}

/** Bodies up to this are read in one go: most requests are, and have arrived together with their headers. */
const SMALL_BODY_BYTES = 64 * 1024;
/** Turns of the event queue after which a body that had arrived has been read. */
const TURNS = 8;

async function readSmall(
  request: Request,
  limits: BodyLimits,
  declaredBytes: number,
  accounts: BodyAccounts | undefined,
): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  let failure: { readonly cause: unknown } | undefined;
  const reading = request.bytes().then((read) => void (bytes = read), (cause) => void (failure = { cause }));
  for (let turn = 0; turn < TURNS && bytes === undefined && failure === undefined; turn++) await undefined;
  if (bytes === undefined && failure === undefined) {
    // Only a body that is still on its way needs a clock, which costs more than reading it.
    const account = accounts?.waiting();
    try {
      account?.add(declaredBytes);
      const late = Promise.withResolvers<void>();
      const disarm = limits.clock.after(limits.timeoutMs, late.resolve);
      await Promise.race([reading, late.promise]);
      disarm();
    } finally {
      account?.close();
    }
  }
  if (failure !== undefined) throw new Refused({ reason: "cancelled" }, failure);
  if (bytes === undefined) throw new Refused({ reason: "body-timeout" });
  if (bytes.byteLength > limits.maxBytes) {
    throw new Refused({ reason: "body-too-large", limitBytes: limits.maxBytes });
  }
  return bytes;
}

async function readLarge(
  request: Request,
  limits: BodyLimits,
  accounts: BodyAccounts | undefined,
): Promise<Uint8Array> {
  const tooLarge = () => new Refused({ reason: "body-too-large", limitBytes: limits.maxBytes });
  if (request.body === null) return new Uint8Array();
  const account = accounts?.waiting();
  const reader = request.body.getReader();
  // Not awaited: the peer decides how long a cancelled transfer takes to end, and nobody needs its outcome.
  const abandon = () => void reader.cancel().catch(() => {});
  if (Number(request.headers.get("content-length") ?? 0) > limits.maxBytes) {
    account?.close();
    abandon();
    throw tooLarge();
  }
  let late = false;
  const disarm = limits.clock.after(limits.timeoutMs, () => {
    late = true;
    abandon(); // ends the pending read() below with done
  });
  let held = new Uint8Array();
  let size = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const after = size + part.value.byteLength;
      if (after > limits.maxBytes) throw tooLarge();
      if (after > held.byteLength) {
        const room = Math.min(Math.max(after, 2 * held.byteLength, LEAST_ROOM_BYTES), limits.maxBytes);
        account?.add(room - held.byteLength);
        held = withRoom(held, room);
      }
      // Copied at once: each part is a view of 64 KiB of its own, however few bytes came. A body that came a byte at a time
      // would hold 64 KiB for each byte, and be counted as one.
      held.set(part.value, size);
      size = after;
    }
  } catch (error) {
    abandon();
    if (error instanceof Refused) throw error;
    throw new Refused({ reason: "cancelled" }, { cause: error });
  } finally {
    disarm();
    account?.close();
  }
  if (late) throw new Refused({ reason: "body-timeout" });
  return held.subarray(0, size);
}

/** Room that a body gets at first; doubled whenever it is full. */
const LEAST_ROOM_BYTES = 4 * 1024;

function withRoom(held: Uint8Array, room: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(room);
  larger.set(held);
  return larger;
}
