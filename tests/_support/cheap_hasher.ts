// The password hasher of a test's people where passwords are not the subject: one SHA-256 instead of scrypt.
// Tests of passwords, of logins and of their lock use SCRYPT of backend/auth/password_hasher.ts.
import { createHash } from "node:crypto";
import type { PasswordHasher } from "../../backend/auth/password_hasher.ts";

/** One SHA-256, no salt. What it stores holds no password in plain, so that a search of the database stays a test. */
export const CHEAP_HASHER: PasswordHasher = {
  hash: (password) => Promise.resolve(hashOf(password)),
  verify: ({ hash, password }) => Promise.resolve(hash === hashOf(password)),
};

function hashOf(password: string): string {
  return `cheap:${createHash("sha256").update(password).digest("hex")}`;
}
