// The lock of `/api/v1/auth/login` after five wrong passwords in 15 minutes, for 30 minutes (auth-vault, section 3). Other
// doors pass by the lock (section 11).

/** The lock, each address by itself. */
export interface Lockout {
  /** Seconds until the lock opens; 0 without a lock. */
  secondsLocked(email: string): number;
  recordFailure(email: string): void;
  forget(email: string): void;
}

/** Creates a lock that nobody has failed at. */
export function createLockout(): Lockout {
  const failures = new Map<string, number[]>();
  const lockedUntil = new Map<string, number>();
  return {
    secondsLocked: (email) => Math.max(0, Math.ceil(((lockedUntil.get(email) ?? 0) - Date.now()) / 1000)),
    recordFailure(email) {
      const recent = (failures.get(email) ?? []).filter((at) => at > Date.now() - WINDOW_MS);
      recent.push(Date.now());
      failures.set(email, recent);
      if (recent.length < FAILURES) return;
      failures.delete(email);
      lockedUntil.set(email, Date.now() + LOCK_MS);
    },
    forget: (email) => void failures.delete(email),
  };
}

const FAILURES = 5;
const WINDOW_MS = 15 * 60_000;
const LOCK_MS = 30 * 60_000;
