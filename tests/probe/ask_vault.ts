import { bearer, type Cast } from "./ask_auth.ts";
import type { Question, Transcript } from "./transcript.ts";

/** Asks about the life cycle of anna's vault. */
export async function askVault({ ask, target }: Transcript, { anna }: Cast): Promise<void> {
  const vault = (name: string, method: string, path: string, question: Question = {}) =>
    ask(`vault: ${name}`, method, `/api/v1/me/encryption-vault${path}`, {
      base: target.auth,
      headers: bearer(anna),
      ...question,
    });
  const nonsense = { authorization: "Bearer nonsense" };
  const wrap = { recoveryWrappedMk: btoa("w".repeat(48)), recoveryIv: btoa("i".repeat(12)) };

  await vault("no token", "GET", "/key", { headers: {}, compare: "status" });
  await vault("nonsense token", "GET", "/key", { headers: nonsense, compare: "status" });
  await vault("status before init", "GET", "/status");
  await vault("key before init", "GET", "/key");
  await vault("recovery wrap before init", "POST", "/recovery-wrap", {
    body: { recoveryWrappedMk: "AAAA", recoveryIv: "AAAA" },
  });
  await vault("init", "POST", "/init");
  await vault("init again", "POST", "/init");
  await vault("key", "GET", "/key");
  await vault("zero-knowledge without a recovery wrap", "POST", "/zero-knowledge", {
    body: { enable: true },
  });
  await vault("recovery wrap, bad body", "POST", "/recovery-wrap", { body: { recoveryIv: "AAAA" } });
  await vault("rotate", "POST", "/rotate");
  await vault("recovery wrap", "POST", "/recovery-wrap", { body: wrap });
  await vault("status with a recovery wrap", "GET", "/status");
  await vault("zero-knowledge on", "POST", "/zero-knowledge", { body: { enable: true } });
  await vault("key in zero-knowledge", "GET", "/key");
  await vault("status in zero-knowledge", "GET", "/status");
  await vault("rotate in zero-knowledge", "POST", "/rotate");
  await vault("drop the recovery wrap in zero-knowledge", "DELETE", "/recovery-wrap");
  await vault("init in zero-knowledge", "POST", "/init");
  await vault("zero-knowledge off without a key", "POST", "/zero-knowledge", { body: { enable: false } });
  await vault("zero-knowledge off with a short key", "POST", "/zero-knowledge", {
    body: { enable: false, masterKey: btoa("short") },
  });
  await vault("zero-knowledge off", "POST", "/zero-knowledge", {
    body: { enable: false, masterKey: btoa("k".repeat(32)) },
  });
  await vault("key after zero-knowledge", "GET", "/key");
  await vault("drop the recovery wrap", "DELETE", "/recovery-wrap");
  await vault("bad zero-knowledge body", "POST", "/zero-knowledge", { body: { enable: "yes" } });
}
