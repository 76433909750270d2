// The same seed on fresh folders, with real processes: the same rows in the same order, but for ids and times. And the rows are what the
// gateway has counted.
import assert from "node:assert/strict";
import { readCatalogue } from "../../../runner/catalogue/read_catalogue.ts";
import { MODULES } from "../../../tools/modules.ts";
import { countedRows, hungUp } from "../_support/counted_rows.ts";
import { EVERYBODY, type ReportedPersona } from "../_support/town.ts";
import { startPeople } from "./_people.ts";

Deno.test("two days of everybody with the same seed leave the same rows, with another seed others, and the gateway counts what rows tell", async () => {
  const [first, again, other] = [await days("7"), await days("7"), await days("8")];
  // Whose day changed in between wrote other dates.
  const same = first.people.filter(({ name }) => first.todays.get(name) === again.todays.get(name));
  assert.ok(same.length >= EVERYBODY.length - 3);
  const names = same.map(({ name }) => name);
  const slow = [...slowOnes(first.people), ...slowOnes(again.people)];
  assert.deepEqual(told(first.people, names, slow), told(again.people, names, slow));
  assert.notDeepEqual(told(first.people, names, slow), told(other.people, names, slow));
});

async function days(seed: string) {
  await using people = await startPeople();
  const runner = await people.startRunner({ PERSONA_SEED: seed });
  await people.make(EVERYBODY);
  const begun = todaysOf();
  for (let day = 1; day <= 2; day += 1) {
    await people.play(runner, EVERYBODY);
    await people.until((ticks) =>
      EVERYBODY.every((name) => ticks.filter(({ persona }) => persona === name).length === day)
    );
  }
  assert.deepEqual(people.ticks.filter((tick) => tick.event !== "tick" || tick.ending !== "done"), []);
  const rows = await people.rows();
  assertCounted(await people.counts(), rows);
  for (const { ticks } of rows) for (const { actions, feedback } of ticks) assertRated(actions, feedback);
  const ended = todaysOf();
  const todays = new Map(rows.map(({ name }) => [name, `${begun.get(name)} ${ended.get(name)}`]));
  return { people: rows, todays };
}

/** Counts differ by calls that were hung up at most: such a call may have come as far as its tool. */
function assertCounted(counts: ReadonlyMap<string, number>, rows: readonly ReportedPersona[]): void {
  const told = countedRows(rows);
  let more = 0;
  for (const tool of new Set([...counts.keys(), ...told.keys()])) {
    const difference = (counts.get(tool) ?? 0) - (told.get(tool) ?? 0);
    assert.ok(difference === 0 || difference > 0 && tool === "notes_create", `${tool}: ${difference}`);
    more += difference;
  }
  assert.ok(more <= hungUp(rows), `${more} calls that nobody made`);
}

/** Every module that was used has its rating; what checks looked at is used as well. */
function assertRated(
  actions: ReportedPersona["ticks"][number]["actions"],
  feedback: readonly { readonly module: string }[],
): void {
  const used = new Set(actions.map(({ toolName }) => toolName.split("_")[0]));
  const rated = new Set(feedback.map(({ module }) => module));
  for (const module of used) {
    if (module?.startsWith("runner.") !== true) assert.ok(rated.has(module ?? ""), `${module} is not rated`);
  }
}

/** What must be equal: everything but ids of ticks and accounts, times, and hashes of arguments that name a record by its id. */
function told(people: readonly ReportedPersona[], names: readonly string[], slow: readonly string[]) {
  return people.filter(({ name }) => names.includes(name)).toSorted((a, b) => a.name < b.name ? -1 : 1)
    .map(({ name, ticks }) => ({
      name,
      ticks: ticks.map(({ number, ending, actions, feedback }) => ({
        number,
        ending,
        actions: actions.map(({ toolName, inputHash, result, errorMessage }) => ({
          toolName,
          inputHash: NAMING_IDS.has(toolName) ? null : inputHash,
          ...(errorMessage === "hung-up" ? {} : { result, errorMessage }),
        })),
        feedback: feedback.map(({ module, rating, notes }) =>
          slow.includes(`${name} ${number} ${module}`) ? { module } : { module, rating, notes }
        ),
      })),
    }));
}

/** Ratings that a slow computer has changed. */
function slowOnes(people: readonly ReportedPersona[]): readonly string[] {
  return people.flatMap(({ name, ticks }) =>
    ticks.flatMap(({ number, feedback }) =>
      feedback.flatMap(({ module, notes }) =>
        notes?.includes("slow: ") === true ? [`${name} ${number} ${module}`] : []
      )
    )
  );
}

/** Tools that cannot be called without an id of a record. */
const NAMING_IDS: ReadonlySet<string> = new Set(
  MODULES.flatMap(({ tools }) => tools).filter(({ inputSchema }) =>
    Array.isArray(inputSchema.required) && inputSchema.required.includes("id")
  )
    .map(({ name }) => name.replaceAll(".", "_")),
);

/** The day of each persona now. */
function todaysOf(): ReadonlyMap<string, string> {
  const now = Temporal.Now.instant();
  return new Map(
    readCatalogue().map(({ email, timeZone }) => {
      const name = email.replace(/^persona\.(.)(.*)@.*$/, (_, first, rest) => first.toUpperCase() + rest);
      return [name, now.toZonedDateTimeISO(timeZone).toPlainDate().toString()];
    }),
  );
}
