/** `deno task ledger`: what a person types at a terminal, what the program may then reach, and what is said of what makes no sense. */
import assert from "node:assert/strict";
import {
  BAD_USAGE,
  BROKEN,
  CLEAN,
  codeToSay,
  INCOMPLETE,
  saidCode,
} from "../../scripts/ledger/exit_codes.ts";
import {
  type CalledAt,
  filesOf,
  hostsOf,
  ledgerArguments,
  type LedgerTask,
} from "../../scripts/ledger/ledger_arguments.ts";

const PLACE: CalledAt = {
  folder: "/home/anna",
  zone: "Europe/Berlin",
  now: Date.parse("2026-05-20T12:00:00.000Z"),
  hasToken: false,
  authPort: "3001",
  syncPort: "3050",
};

function read(args: readonly string[], place: Partial<CalledAt> = {}): LedgerTask {
  const asked = ledgerArguments(args, { ...PLACE, ...place });
  assert.ok(asked.ok, asked.ok ? "" : asked.problem);
  return asked.task;
}

function problemOf(args: readonly string[], place: Partial<CalledAt> = {}): string {
  const asked = ledgerArguments(args, { ...PLACE, ...place });
  assert.ok(!asked.ok, JSON.stringify(asked));
  return asked.problem;
}

const SYNC = ["--sync", "https://sync.test/"];

Deno.test("ledger arguments: alone, it is the first person of a running start, at its own services", () => {
  const task = read(["verify"], { authPort: "4001", syncPort: "4050" });
  assert.deepEqual(task, {
    kind: "services",
    pin: null,
    export: null,
    since: 0,
    sync: "http://127.0.0.1:4050",
    vault: "http://127.0.0.1:4001",
    account: { kind: "first", authUrl: "http://127.0.0.1:4001" },
  });
  assert.deepEqual(hostsOf(task), ["127.0.0.1:4050", "127.0.0.1:4001"]);
  assert.deepEqual(filesOf(task), { read: [], write: [] });
});

Deno.test("ledger arguments: an account, with the vault of its auth service or another; and a token of the environment", () => {
  const auth = ["--auth", "https://auth.test/", "anna@mana.test"];
  const own = read(["verify", ...auth, ...SYNC]);
  assert.ok(own.kind === "services");
  assert.deepEqual([own.sync, own.vault, own.account], [
    "https://sync.test",
    "https://auth.test",
    { kind: "auth", authUrl: "https://auth.test", email: "anna@mana.test" },
  ]);
  assert.deepEqual(hostsOf(own), ["sync.test:443", "auth.test:443"]);
  const apart = read(["verify", ...auth, ...SYNC, "--vault", "https://vault.test"]);
  assert.deepEqual(hostsOf(apart), ["sync.test:443", "vault.test:443", "auth.test:443"]);
  const token = read(["verify", ...SYNC, "--vault=https://vault.test"], { hasToken: true });
  assert.deepEqual([token.kind === "services" && token.account, hostsOf(token)], [
    { kind: "token" },
    ["sync.test:443", "vault.test:443"],
  ]);
});

Deno.test("ledger arguments: files are taken from where the task was called, and the program gets these files alone", () => {
  const task = read(["verify", "--pin", "my.pin", "--export=/tmp/out.jsonl", "--since", "2h"]);
  assert.ok(task.kind === "services");
  assert.equal(task.since, Date.parse("2026-05-20T10:00:00.000Z"));
  const files = ["/home/anna/my.pin", "/home/anna/my.pin.new", "/tmp/out.jsonl", "/tmp/out.jsonl.new"];
  assert.deepEqual(filesOf(task), { read: files, write: files });
  const offline = read(["verify", "out.jsonl", "--pin", "my.pin"]);
  assert.deepEqual(offline, { kind: "file", file: "/home/anna/out.jsonl", pin: "/home/anna/my.pin" });
  assert.deepEqual(hostsOf(offline), []);
  assert.deepEqual(filesOf(offline), {
    read: ["/home/anna/out.jsonl", "/home/anna/my.pin", "/home/anna/my.pin.new"],
    write: ["/home/anna/my.pin", "/home/anna/my.pin.new"],
  });
});

Deno.test("ledger arguments: no file is written over by another one, nor by what is written beside it", () => {
  for (const [pin, other] of [["a", "./a"], ["a", "a.new"], ["a.new", "a"]] as const) {
    assert.match(problemOf(["verify", "--pin", pin, "--export", other]), /^--pin and --export take two/);
    assert.match(problemOf(["verify", other, "--pin", pin]), /^--pin takes a file of its own/);
  }
});

Deno.test("ledger exit codes: only the program itself says that a ledger is broken, not a program that could not be loaded or was killed", () => {
  for (const code of [CLEAN, BROKEN, INCOMPLETE, BAD_USAGE]) assert.equal(saidCode(codeToSay(code)), code);
  for (const ended of [0, 1, 2, 64, 127, 130, 137, 143]) assert.equal(saidCode(ended), null);
});

Deno.test("ledger arguments: what makes no sense is said, and nothing is started", () => {
  assert.match(problemOf([]), /^Say what to do with the ledger/);
  assert.match(problemOf(["show"]), /^Say what to do with the ledger/);
  assert.match(problemOf(["verify", "--all"]), /^Unknown option '--all'/);
  assert.match(problemOf(["verify", "a", "b"]), /^Unknown arguments\.$/);
  assert.match(problemOf(["verify", "--pin", " "]), /^--pin takes the name of a file\.$/);
  assert.match(problemOf(["verify", "--export", "a,b"]), /^--export: a path with a comma cannot be used\.$/);
  assert.match(problemOf(["verify", "--since", "25:00"]), /^--since: There is no time 25:00 on a clock\.$/);
  for (const [option, value] of [["since", "2h"], ["export", "x"], ["sync", "https://s.test"]] as const) {
    assert.match(
      problemOf(["verify", "file", `--${option}`, value]),
      /goes with your ledger at the services/,
    );
  }
  assert.match(problemOf(["verify", "--auth", "https://auth.test"]), /^--auth goes with --sync/);
  assert.match(
    problemOf(["verify", "--auth", "https://auth.test", "anna", ...SYNC]),
    /is an e-mail address\.$/,
  );
  assert.match(problemOf(["verify", ...SYNC]), /^--sync and --vault go with --auth URL, or with a token/);
  assert.match(
    problemOf(["verify", ...SYNC], { hasToken: true }),
    /^MANA_TOKEN goes with --sync and --vault\.$/,
  );
  for (
    const url of [
      "ftp://sync.test",
      "https://user@sync.test",
      "https://sync.test,evil.test",
      "https://*.test",
    ]
  ) {
    assert.match(
      problemOf(["verify", "--auth", "https://auth.test", "--sync", url]),
      /^--sync takes an http/,
    );
  }
});
