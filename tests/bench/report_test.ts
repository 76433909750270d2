import assert from "node:assert/strict";
import fc from "fast-check";
import { GOALS, judge } from "../../bench/goals.ts";
import { drawBars } from "../../bench/report/bar_chart.ts";
import { drawCharts } from "../../bench/report/charts.ts";
import { BEGIN, END, replaceMarked, resultLines } from "../../bench/report/document.ts";
import { readable } from "../../bench/report/numbers.ts";
import { markdownTable, measurementRows } from "../../bench/report/tables.ts";
import { memoryFacts } from "../../bench/workloads/memory.ts";
import { measurementOf, resultOf } from "./_result.ts";

/** Whether every element of an XML text is closed, in order, and nothing in it is left unescaped. */
function assertWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-z]+)((?: [a-zA-Z0-9:-]+="[^"<&]*(?:&[a-z]+;[^"<&]*)*")*)(\/?)>/g,
    (...match) => {
      const [, closing, name, , self] = match;
      if (closing === "/") assert.equal(open.pop(), name);
      else if (self !== "/") open.push(String(name));
      return "";
    },
  );
  assert.deepEqual(open, []);
  assert.doesNotMatch(rest, /[<>]|&(?!(?:amp|lt|gt|quot);)/);
}

function barWidths(svg: string): number[] {
  return [...svg.matchAll(/<rect class="(?:ours|other)"[^>]* width="([\d.]+)"/g)].map(([, width]) =>
    Number(width)
  );
}

Deno.test("bar charts are well-formed whatever they are about, and a longer bar is a larger value", () => {
  const bar = fc.record({
    label: fc.string(),
    value: fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
    isOurs: fc.boolean(),
  });
  fc.assert(fc.property(
    fc.array(bar, { minLength: 1, maxLength: 8 }),
    fc.boolean(),
    fc.string(),
    (bars, isLogarithmic, title) => {
      const svg = drawBars({ title, subtitle: "<&>", groups: [{ heading: title, bars }], isLogarithmic });
      assertWellFormed(svg);
      const widths = barWidths(svg);
      assert.equal(widths.length, bars.length);
      for (const [i, { value }] of bars.entries()) {
        assert.ok((widths[i] ?? 0) > 0 && (widths[i] ?? Infinity) <= 490.1, `${value} is ${widths[i]} wide`);
        for (const [j, other] of bars.entries()) {
          if (value > other.value) assert.ok((widths[i] ?? 0) >= (widths[j] ?? 0));
        }
      }
    },
  ));
});

Deno.test("every chart that there are numbers for is drawn, and no other", () => {
  assert.deepEqual(drawCharts(resultOf([])), []);
  const facts = [{ id: "start-ms/gateway", name: "x", value: 300, unit: "ms" }];
  const memory = [{ seconds: 0, residentMb: 100 }, { seconds: 60, residentMb: 120 }];
  const measurements = [
    measurementOf({ workload: "tools/list", server: "gateway" }, [40_000]),
    measurementOf({ workload: "tools/list", server: "floor", era: "legacy" }, [80_000]),
    measurementOf({ workload: "todo.list", server: "gateway" }, [900]),
  ];
  const charts = drawCharts(resultOf(measurements, facts, memory));
  assert.deepEqual(
    charts.map(({ file }) => file),
    ["tools-list.svg", "tools-list-cpu.svg", "records.svg", "start.svg", "memory.svg"],
  );
  for (const { svg } of charts) assertWellFormed(svg);
  assert.match(charts[0]?.svg ?? "", />40,000<[^]*>80,000</);
});

Deno.test("tables compare pairs, and say – for what was not measured", () => {
  const rows = measurementRows(resultOf([
    measurementOf({ workload: "tools/list", server: "gateway" }, [50, 500]),
    { ...measurementOf({ workload: "tools/list", server: "rust" }, [100, 1_000]), residentMb: null },
  ]));
  assert.deepEqual(rows.slice(1).map((row) => [...row.slice(0, 5), row.at(-1)]), [
    ["tools/list, modern", "32", "mana-mcp", "275", "1", "100"],
    ["tools/list, modern", "32", "Rust SDK", "550", "2", "–"],
  ]);
  assert.deepEqual(markdownTable([["a", "bcd"], ["efgh", ""]]), [
    "| a    | bcd |",
    "| ---- | --- |",
    "| efgh |     |",
  ]);
});

Deno.test("numbers are short and keep their size", () => {
  for (
    const [value, text] of [
      [61_432, "61,400"],
      [4.049, "4"],
      [0.03124, "0.031"],
      [45.67, "45.7"],
      [0, "0"],
      [NaN, "–"],
    ] as const
  ) {
    assert.equal(readable(value), text);
  }
  fc.assert(fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), (value) => {
    assert.ok(Math.abs(Number(readable(value).replaceAll(",", "")) / value - 1) < 0.051);
  }));
});

/** Facts on ten minutes of samples by their ids; the value of a sample by its number, 121 in all. */
function memoryOf(residentMb: (i: number) => number): (id: string) => number {
  const samples = Array.from({ length: 121 }, (_, i) => ({ seconds: i * 5, residentMb: residentMb(i) }));
  const facts = new Map(memoryFacts(samples).map(({ id, value }) => [id, value]));
  return (id) => facts.get(id) ?? NaN;
}

Deno.test("memory is flat when it only grew to its size at first, and goes up and down with collections", () => {
  const fact = memoryOf((i) => i < 24 ? 50 + i : i % 2 === 0 ? 110 : 90);
  assert.equal(fact("memory-mb"), 110);
  assert.ok(fact("memory-furthest") > 18);
  const even = memoryOf((i) => i < 24 ? 50 + i : [90, 110, 100][i % 3] ?? 0);
  assert.equal(even("memory-spread"), 0);
  assert.ok(Math.abs(even("memory-slope")) < 0.5);
  assert.deepEqual(memoryFacts([]), []);
});

Deno.test("memory that grows slowly all the time is not flat", () => {
  const fact = memoryOf((i) => 100 + i / 10);
  assert.ok(fact("memory-spread") > 4 && fact("memory-spread") < 5);
  assert.ok(Math.abs(fact("memory-slope") - 1.2) < 1e-9);
});

Deno.test("only what lies between the marks of the document is written", async () => {
  const replaced = replaceMarked(`# P\n\n${BEGIN}\nold\n${END}\n\nmore\n`, ["new"]);
  assert.equal(replaced, `# P\n\n${BEGIN}\n\nnew\n\n${END}\n\nmore\n`);
  assert.equal(replaceMarked(replaced, ["new"]), replaced);
  for (const broken of ["", BEGIN, `${END}${BEGIN}`, `${BEGIN}${END}${BEGIN}${END}`]) {
    assert.throws(() => replaceMarked(broken, []), /must have .* once each$/);
  }
  const document = await Deno.readTextFile("docs/performance.md");
  assert.match(replaceMarked(document, ["x"]), /\n\nx\n\n/);
});

Deno.test("a quick run says that it is one", () => {
  const result = resultOf([measurementOf({ workload: "tools/list", server: "gateway" }, [1])]);
  const verdicts = GOALS.map((goal) => judge(goal, result));
  const linesOf = (extent: string) => resultLines({ ...result, extent }, verdicts, []).join("\n");
  assert.match(linesOf("quick"), /not to be quoted/);
  assert.doesNotMatch(linesOf("full"), /not to be quoted/);
  assert.match(linesOf("full"), /Measured on 2026-03-01: A <fast> & cheap CPU, 2 cores, 8 GB, .*go absent\./);
});
