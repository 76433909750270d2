// One process per data folder, by a lock of the operating system.
import { SetupFault } from "../kit/setup_fault.ts";

/** The hold on a folder; `close` gives it up. */
export interface FolderLock {
  close(): void;
}

/**
 * Makes the data folder (0700) and takes it for this process alone: two processes would each keep a state of their own (a log clock, signing
 * keys) over one database. The lock goes with the process, however the process ends. The file `lock` that
 * carries it stays and means nothing. `variable` is the setting that names the folder, `who` the word for such a process.
 *
 * @throws {SetupFault} when another process has the folder
 */
export function lockFolder(folder: string, variable: string, who: string): FolderLock {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  Deno.chmodSync(folder, 0o700);
  const file = Deno.openSync(`${folder}/lock`, { write: true, create: true, mode: 0o600 });
  if (file.tryLockSync(true)) return file;
  file.close();
  throw new SetupFault(
    `${variable} ${folder} is in use by another ${who}: stop that one, or name another folder`,
  );
}
