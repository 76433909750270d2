// The pull loop of one table in one space, for one stream: after a hint, and now and then. It says which of the stream's
// addresses changed, and tells nobody itself (notifier.ts does).
import { Refused } from "../kit/errors.ts";
import type { ChangeReader } from "../changes/refresh_state.ts";
import type { RecordGrant } from "../grants/record_grants.ts";
import { NOTIFY_MS, SUBSCRIBED_POLL_MS } from "../kit/limits.ts";
import type { Caller } from "../people/principal.ts";
import { watchRecords } from "../records/watch_records.ts";
import { type NarrowedWatch, watchNarrowed } from "../records/narrowed/watch_narrowed.ts";
import type { ActiveSpace } from "../spaces/active_space.ts";
import type { SubscriberDeps, SubscriberStream } from "./subscriber.ts";

/** A class, since one is made per stream and table. */
export class WatchedTable {
  /** Addresses as the client wrote them, by record id; null is the collection. */
  readonly uris = new Map<string, string | null>();
  readonly #deps: SubscriberDeps;
  readonly #stream: SubscriberStream;
  readonly #place: {
    readonly space: string;
    readonly table: { readonly app: string; readonly name: string };
  };
  readonly #onChanged: (uris: readonly string[]) => void;
  #active: ActiveSpace | null = null;
  #unwatch: (() => void) | null = null;
  /** Watches instead for an app that a document narrows. */
  #narrowed: NarrowedWatch | null = null;
  #disarm: (() => void) | null = null;
  #pulledAt = -Infinity;
  #isPulling = false;
  /** Whether a pull has come to its end since the table is watched. */
  #isPulled = false;
  /** Whether a hint has come since the last pull began. */
  #isStale = false;
  #isDropped = false;

  constructor(
    deps: SubscriberDeps,
    stream: SubscriberStream,
    place: { readonly space: string; readonly table: { readonly app: string; readonly name: string } },
    onChanged: (uris: readonly string[]) => void,
  ) {
    this.#deps = deps;
    this.#stream = stream;
    this.#place = place;
    this.#onChanged = onChanged;
  }

  /** Begins a pull, unless a pull runs or there is no token to pull with. */
  pullNow(): void {
    if (!this.#isPulling && !this.#stream.caller.isOver) this.#stream.run(this.#pull());
  }

  /** Watches no more. */
  drop(): void {
    this.#isDropped = true;
    this.#disarm?.();
    this.#unwatch?.();
    this.#narrowed?.end();
  }

  async #pull(): Promise<void> {
    const { caller, signal } = this.#stream;
    this.#isPulling = true;
    this.#isStale = false;
    this.#pulledAt = this.#deps.clock.elapsed();
    try {
      const current = await caller.now();
      if (current !== null) await this.#pullAs(current, signal);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.refusal.reason === "upstream-token-refused") caller.giveUp();
    } finally {
      this.#isPulling = false;
      this.#pullLater();
    }
  }

  async #pullAs(caller: Caller, signal: AbortSignal): Promise<void> {
    const { spaces, changes } = this.#deps;
    const { space, table } = this.#place;
    const { choice, membershipVersion, settling } = await spaces.resolve(caller, space);
    this.#active = choice.ok ? choice.space : null;
    if (!choice.ok || signal.aborted || this.#isDropped) return;
    const reader = { caller, membershipVersion, signal, settling, isStrict: this.#isPulled };
    const grant = this.#deps.grants.of(caller.principal);
    if (grant !== null) return await this.#lookNarrowed(reader, grant, choice.space);
    this.#narrowed?.end();
    this.#narrowed = null;
    // Before the first pull: what somebody has read before they subscribed may have changed since. A log that is only built by
    // that pull tells once that anything may have changed: a change of the last moment may be in it, and what the client has
    // read it may have read at another node.
    this.#unwatch ??= watchRecords({
      changes,
      principal: caller.principal,
      table,
      spaceId: space,
      space: () => this.#active,
      onStale: () => this.#noteHint(),
      onChanged: (ids) => {
        // Another's pull may bring news at any time, also after the person has narrowed the app.
        const isNarrowed = this.#stream.caller.principal.client?.recordsDocument !== undefined;
        if (!isNarrowed) this.#tellOf(ids);
      },
    });
    await changes.read(reader, table.app, table.name);
    this.#isPulled = true;
  }

  /** Reads the table and what decides about its records, and tells what has changed of those that are shown. */
  async #lookNarrowed(reader: ChangeReader, grant: RecordGrant, space: ActiveSpace): Promise<void> {
    const { changes } = this.#deps;
    const { space: spaceId, table } = this.#place;
    const { principal } = reader.caller;
    this.#unwatch?.();
    this.#unwatch = null;
    const watch = this.#narrowed ??= watchNarrowed({
      changes,
      principal,
      table,
      spaceId,
      onStale: () => this.#noteHint(),
      onChanged: (ids) => this.#tellOf(ids),
    });
    const place = { space, subject: principal.subject };
    const [folded, admission] = await Promise.all([
      changes.read(reader, table.app, table.name),
      grant.admission(place, table, ({ app, name }) => changes.read(reader, app, name)),
    ]);
    if (this.#isDropped) return;
    this.#isPulled = true;
    watch.look(folded, space, admission);
  }

  #pullLater(): void {
    const { caller, signal } = this.#stream;
    if (signal.aborted || caller.isOver || this.#isDropped) return;
    this.#disarm?.();
    const { clock } = this.#deps;
    const wait = this.#isStale ? this.#pulledAt + NOTIFY_MS - clock.elapsed() : SUBSCRIBED_POLL_MS;
    this.#disarm = clock.after(Math.max(0, wait), () => this.#stream.run(this.#pull()));
  }

  #noteHint(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    if (!this.#isPulling) this.#pullLater();
  }

  /** Null: it is not known which records changed. */
  #tellOf(ids: ReadonlySet<string> | null): void {
    const changed: string[] = [];
    for (const [uri, id] of this.uris) if (ids === null || id === null || ids.has(id)) changed.push(uri);
    this.#onChanged(changed);
  }
}
