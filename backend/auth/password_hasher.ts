// How passwords are stored and compared. The real hasher is better-auth's scrypt, with its parameters.
// No setting leads here: only code that creates a backend can pass another hasher, and backend/main.ts passes none.
import { hashPassword, verifyPassword } from "better-auth/crypto";

/** Turns passwords into what the database keeps, and compares later ones with it. */
export interface PasswordHasher {
  /** What is stored for a password. */
  readonly hash: (password: string) => Promise<string>;
  /** Whether `password` is the one that `hash` was made of. */
  readonly verify: (stored: { readonly hash: string; readonly password: string }) => Promise<boolean>;
}

/** scrypt with N = 16384, r = 16, p = 1 and a salt of 16 bytes: about 70 ms of a core and 32 MB for each password. */
export const SCRYPT: PasswordHasher = { hash: hashPassword, verify: verifyPassword };
