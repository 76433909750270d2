// One backend per data folder, by a lock of the operating system.
import { SetupFault } from "../kit/setup_fault.ts";

/** The hold on a folder; `close` gives it up. */
export interface FolderLock {
  close(): void;
}

/**
 * Makes the data folder (0700) and takes it for this process alone: two backends would each keep a log clock and a key
 * set of their own over one database. The lock goes with the process, however the process ends. The file `lock` that
 * carries it stays and means nothing.
 *
 * @throws {SetupFault} when another process has the folder
 */
export function lockFolder(folder: string): FolderLock {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  Deno.chmodSync(folder, 0o700);
  const file = Deno.openSync(`${folder}/lock`, { write: true, create: true, mode: 0o600 });
  if (file.tryLockSync(true)) return file;
  file.close();
  throw new SetupFault(
    `BACKEND_DATA ${folder} is in use by another backend: stop that one, or name another folder`,
  );
}
