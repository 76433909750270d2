// One connection to a Valkey or Redis server, by the makers' own client. The only file that loads code after the start, and the only
// one that knows the client: its import costs 28 MB and 90 ms, which a gateway without VALKEY_URL does not pay. It is imported by a
// literal name, so that it is part of the program that `serve` checks and `compile` packs, and no right more is needed.
import type { Clock } from "../kit/clock.ts";
import { STORE_CONNECT_MS } from "../kit/limits.ts";
import type { Secret } from "../kit/secret.ts";
import { faultOf, type StoreFault } from "./store_faults.ts";

/** A connection that has signed in. */
export interface ValkeyConnection {
  /** Sends a command. Rejects with an error reply, and at once when the connection is lost. */
  send(command: readonly string[]): Promise<unknown>;
  /** Hears a channel until the connection ends. */
  subscribe(channel: string, onMessage: (message: string) => void): Promise<void>;
  /** Ends the connection; what is under way rejects. */
  end(): void;
}

/** Commands that may wait for an answer at once: with more, the store is as good as silent. */
const MAX_WAITING = 10_000;

/**
 * Connects, with commands and news on one connection (RESP3). Rejects with what {@link faultOf} names. It connects once: when to try
 * again is for the caller to say, who is told by `onLost` when the connection is over.
 */
export async function connectValkey(deps: {
  readonly url: Secret<string>;
  readonly clock: Clock;
  readonly onLost: (fault: StoreFault) => void;
}): Promise<ValkeyConnection> {
  const { createClient } = await import("@redis/client");
  const client = createClient({
    url: deps.url.reveal(),
    RESP: 3,
    socket: { reconnectStrategy: false, connectTimeout: STORE_CONNECT_MS },
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: "disabled",
    commandsQueueMaxLength: MAX_WAITING,
  });
  let isConnected = false;
  /** What went wrong first: that the connection was ended then says nothing. */
  let first: unknown = null;
  const end = () => {
    isConnected = false;
    client.destroy();
  };
  // Also for an answer that cannot be read: whatever came after it would be taken for the answer to something else.
  client.on("error", (error: unknown) => {
    const wasConnected = isConnected;
    first ??= error;
    end();
    if (wasConnected) deps.onLost(faultOf(error));
  });
  // The client's own limit ends when the connection stands; a server that hangs lets that happen and then says nothing.
  const stopWaiting = deps.clock.after(STORE_CONNECT_MS, end);
  try {
    await client.connect();
    isConnected = true;
  } catch (error) {
    end();
    throw first ?? error;
  } finally {
    stopWaiting();
  }
  return Object.freeze({
    send: (command: readonly string[]) => client.sendCommand([...command]),
    subscribe: async (channel: string, onMessage: (message: string) => void) => {
      await client.subscribe(channel, onMessage);
    },
    end,
  });
}
