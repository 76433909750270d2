/** `deno task undo`: what a person types at a terminal, and what is said of what makes no sense. */
import assert from "node:assert/strict";
import { type CalledAt, hostsOf, undoArguments, type UndoTask } from "../../scripts/undo/undo_arguments.ts";

/** Noon in Berlin, the day before the clocks go forward. */
const PLACE: CalledAt = {
  zone: "Europe/Berlin",
  now: Date.parse("2026-03-28T11:00:00.000Z"),
  canAsk: true,
  hasToken: false,
  gatewayPort: "3069",
  authPort: "3001",
};
const CLAUDE = ["--client", "Claude"];

function read(args: readonly string[], place: Partial<CalledAt> = {}): UndoTask {
  const asked = undoArguments(args, { ...PLACE, ...place });
  assert.ok(asked.ok, asked.ok ? "" : asked.problem);
  return asked.request;
}

function problemOf(args: readonly string[], place: Partial<CalledAt> = {}): string {
  const asked = undoArguments(args, { ...PLACE, ...place });
  assert.ok(!asked.ok, JSON.stringify(asked));
  return asked.problem;
}

const since = (time: string, place: Partial<CalledAt> = {}) =>
  read([...CLAUDE, "--since", time], place).since;

Deno.test("undo arguments: a time is of today, of a day, an instant, or so long ago, in the zone of the computer or another", () => {
  assert.equal(since("9:05"), "2026-03-28T08:05:00.000Z");
  assert.equal(since("00:00"), "2026-03-27T23:00:00.000Z");
  assert.equal(since(" 2h "), "2026-03-28T09:00:00.000Z");
  assert.equal(since("30m"), "2026-03-28T10:30:00.000Z");
  assert.equal(since("3d"), "2026-03-25T11:00:00.000Z");
  assert.equal(since("2026-03-27"), "2026-03-26T23:00:00.000Z");
  assert.equal(since("2026-03-27T14:00"), "2026-03-27T13:00:00.000Z");
  assert.equal(since("2026-03-27T14:00Z"), "2026-03-27T14:00:00.000Z");
  assert.equal(since("2026-03-27T14:00:30.5+05:30"), "2026-03-27T08:30:30.500Z");
  const zoned = read([...CLAUDE, "--since=9:00", "--zone=Asia/Tokyo", "--until", "10:00"]);
  assert.deepEqual([zoned.since, zoned.until], ["2026-03-28T00:00:00.000Z", "2026-03-28T01:00:00.000Z"]);
  assert.deepEqual([zoned.zone, zoned.isZoneChosen], ["Asia/Tokyo", true]);
  // A time that comes twice is the first, and today is the day of the zone: in Tokyo it is the next one already.
  const back = { now: Date.parse("2026-10-25T20:00:00.000Z") };
  assert.equal(since("02:30", back), "2026-10-25T00:30:00.000Z");
  assert.equal(
    read([...CLAUDE, "--since", "02:30", "--zone", "Asia/Tokyo"], back).since,
    "2026-10-25T17:30:00.000Z",
  );
});

Deno.test("undo arguments: a time that makes no sense is told in a sentence", () => {
  const of = (time: string, place: Partial<CalledAt> = {}) =>
    problemOf([...CLAUDE, `--since=${time}`], place);
  assert.match(of("25:00"), /^--since 25:00: There is no time 25:00 on a clock\.$/);
  assert.match(of("9:60"), /no time 9:60/);
  for (
    const bad of [
      "",
      "yesterday",
      "2026-02-30",
      "2026-02-30T10:00",
      "-2h",
      "2w",
      "99999h",
      "14.00",
      "9999-12-31",
    ]
  ) {
    assert.match(of(bad), /A time is 14:00 \(today\), 2h, 30m or 3d \(ago\)/, bad);
  }
  assert.equal(
    of("14:00"),
    "--since 14:00 is still to come: it is 12:00 in Europe/Berlin. For yesterday write --since 2026-03-27T14:00.",
  );
  assert.match(of("2026-05-01T14:00Z"), /is still to come: it is 12:00 in Europe\/Berlin\.$/);
  const spring = { now: Date.parse("2026-03-29T11:00:00.000Z") };
  assert.match(of("02:30", spring), /The clocks of Europe\/Berlin skip 2026-03-29 02:30/);
  assert.ok(of("x".repeat(200_000)).length < 300);
  assert.match(
    problemOf([...CLAUDE, "--since", "2h", "--until", "3h"]),
    /^--until has to be later than --since\.$/,
  );
  assert.match(problemOf([...CLAUDE, "--since", "2h", "--until", "soon"]), /^--until soon: A time is/);
  assert.match(problemOf([...CLAUDE, "--since", "2h", "--zone", "Mars/Base"]), /^--zone takes the name/);
  assert.match(problemOf([...CLAUDE]), /^--since says from when on/);
  for (const whose of [[], [...CLAUDE, "--own"]]) {
    assert.match(problemOf([...whose, "--since", "2h"]), /^--client names the app/);
  }
  for (const name of ["client", "tool", "space"]) {
    for (const bad of [" ", "x".repeat(65)]) {
      const whose = name === "client" ? [] : CLAUDE;
      assert.match(
        problemOf([...whose, `--${name}`, bad, "--since", "2h"]),
        new RegExp(`^--${name} takes a name of at most 64 characters`),
      );
    }
  }
  const own = read(["--own", "--since", "2h", "--space", "Home", "--tool", "notes.delete"]);
  assert.deepEqual([own.client, own.space, own.tool], [undefined, "Home", "notes.delete"]);
  assert.match(problemOf([...CLAUDE, "--since", "2h", "--all"]), /Unknown option '--all'/);
});

Deno.test("undo arguments: a token goes nowhere but to the gateway it is meant for, and no other host is reached", () => {
  const args = [...CLAUDE, "--since", "2h"];
  const first = read(args, { gatewayPort: "4000", authPort: "4001" });
  assert.deepEqual(first.account, { kind: "first", authUrl: "http://127.0.0.1:4001" });
  assert.deepEqual(hostsOf(first), ["127.0.0.1:4000", "127.0.0.1:4001"]);
  const own = read([...args, "--gateway", "https://mcp.mana.test/mcp"], { hasToken: true });
  assert.deepEqual([own.account.kind, hostsOf(own)], ["token", ["mcp.mana.test:443"]]);
  const auth = ["--auth", "https://auth.mana.test/", "anna@mana.test"];
  const named = read([...args, ...auth, "--gateway=https://mcp.mana.test/mcp"], { hasToken: true });
  assert.deepEqual(named.account, {
    kind: "auth",
    authUrl: "https://auth.mana.test",
    email: "anna@mana.test",
  });
  assert.deepEqual(hostsOf(named), ["mcp.mana.test:443", "auth.mana.test:443"]);
  assert.match(problemOf([...args, ...auth]), /^--auth goes with --gateway/);
  assert.match(problemOf([...args, "--gateway", "https://mcp.mana.test/mcp"]), /^--gateway goes with --auth/);
  for (
    const url of [
      "",
      "mcp.test",
      "ftp://a.test",
      "http://u:p@a.test",
      "http://a.test?x",
      "http://a,b",
      "http://*.test",
    ]
  ) {
    assert.match(
      problemOf([...args, "--gateway", url], { hasToken: true }),
      /^--gateway takes an http or https URL/,
      url,
    );
    assert.match(problemOf([...args, "--auth", url]), /^--auth takes an http or https URL/, url);
  }
  for (
    const more of [["anna@mana.test"], [...auth, "hunter2"], ["--auth", "https://auth.mana.test", "hunter2"]]
  ) {
    const problem = problemOf([...args, ...more, "--gateway", "https://mcp.mana.test/mcp"]);
    assert.match(problem, /^Unknown arguments/);
    assert.ok(!problem.includes("hunter2"));
  }
});

Deno.test("undo arguments: where nobody can be asked, a yes or a dry run is said beforehand", () => {
  const args = [...CLAUDE, "--since", "2h"];
  assert.match(problemOf(args, { canAsk: false }), /add --yes or --dry-run/);
  assert.equal(read([...args, "--yes", "--no-wait"], { canAsk: false }).waits, false);
  assert.equal(read([...args, "--dry-run"], { canAsk: false }).isDry, true);
});
