// Whether everything that an attempt needs answers. Asked at most once in a few seconds, however often somebody looks.
import type { Clock } from "../kit/clock.ts";

/** Creates the questions. */
export function createReadiness({ clock, places }: ReadinessDeps): () => Promise<Readiness> {
  let last: { readonly at: number; readonly readiness: Promise<Readiness> } | null = null;
  const ask = async (): Promise<Readiness> => {
    const asked = await Promise.all(
      Object.entries(places).map(async ([place, isThere]) =>
        [place, await isThere() ? "ok" : "away"] as const
      ),
    );
    return { isReady: asked.every(([, state]) => state === "ok"), places: Object.fromEntries(asked) };
  };
  return () => {
    const now = clock.elapsed();
    if (last === null || now - last.at >= KEPT_MS) last = { at: now, readiness: ask() };
    return last.readiness;
  };
}

/** Whether all is there, and what each place says. */
export interface Readiness {
  readonly isReady: boolean;
  readonly places: Readonly<Record<string, "ok" | "away">>;
}

/** What {@link createReadiness} needs. */
export interface ReadinessDeps {
  readonly clock: Clock;
  /** Whether each place answers, by its name. Never throws. */
  readonly places: Readonly<Record<string, () => Promise<boolean>>>;
}

const KEPT_MS = 5_000;
