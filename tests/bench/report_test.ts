import assert from "node:assert/strict";
import fc from "fast-check";
import { GOALS, judge } from "../../bench/goals.ts";
import { parseOptions } from "../../bench/options.ts";
import { drawChart } from "../../bench/report/chart.ts";
import { BEGIN, END, replaceMarked, resultLines } from "../../bench/report/document.ts";
import { measurementRows, readable, tableLines } from "../../bench/report/tables.ts";
import { memoryFacts } from "../../bench/workloads/memory.ts";
import { measurementOf, resultOf } from "./_result.ts";

Deno.test("the picture shows the servers that were measured, and is none without numbers", () => {
  assert.equal(drawChart(resultOf([])), null);
  assert.equal(
    drawChart(resultOf([measurementOf({ workload: "todo.list", server: "gateway" }, [900])])),
    null,
  );
  const svg = drawChart(resultOf([
    measurementOf({ workload: "tools/list", server: "gateway" }, [40_000]),
    measurementOf({ workload: "tools/call", server: "gateway" }, [30_000]),
    measurementOf({ workload: "tools/list", server: "fastmcp", era: "legacy" }, [400]),
  ]));
  assert.match(svg ?? "", /^<svg [^]*<\/svg>\n$/);
  for (const text of ["mana-mcp", "FastMCP on Node", "40,000", "30,000", "400", "tools/list", "tools/call"]) {
    assert.match(svg ?? "", new RegExp(`>${text}<`), text);
  }
  assert.doesNotMatch(svg ?? "", /bare Deno/);
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
  assert.deepEqual(tableLines([["a", "bcd"], ["efgh", ""]]), [
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

/** Facts on ten minutes of samples by their ids; the value of a sample by its number, 120 in all. */
function memoryOf(residentMb: (i: number) => number): (id: string) => number {
  const samples = Array.from({ length: 120 }, (_, i) => residentMb(i));
  const facts = new Map(memoryFacts(samples).map(({ id, value }) => [id, value]));
  return (id) => facts.get(id) ?? NaN;
}

Deno.test("memory is flat when it only grew to its size at first, and goes up and down with collections", () => {
  const fact = memoryOf((i) => i < 24 ? 50 + i : [90, 110, 100][i % 3] ?? 0);
  assert.equal(fact("memory-mb"), 100);
  assert.equal(fact("memory-spread"), 0);
  assert.deepEqual(memoryFacts([]), []);
});

Deno.test("memory that grows slowly all the time is not flat", () => {
  const spread = memoryOf((i) => 100 + i / 10)("memory-spread");
  assert.ok(spread > 4 && spread < 5, String(spread));
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
  const linesOf = (extent: "full" | "quick") => resultLines({ ...result, extent }, verdicts).join("\n");
  assert.match(linesOf("quick"), /not to be quoted/);
  assert.doesNotMatch(linesOf("full"), /not to be quoted/);
  assert.match(
    linesOf("full"),
    /Measured on 2026-03-01: A <fast> & cheap CPU, 2 cores, 8\.0 GB, .*load 0\.1 before the run; deno 2\.9\.6, go absent\./,
  );
});

Deno.test("the command line asks for parts by their names, and for nothing else", () => {
  const { sections, docs, strict, pace } = parseOptions(["--only=added,start", "--quick", "--docs"]) ??
    assert.fail();
  assert.deepEqual([sections, docs, strict, pace.extent], [["start", "added"], true, false, "quick"]);
  assert.equal(parseOptions([])?.sections.length, 14);
  for (const args of [["--only=heap"], ["--only=start,start2"], ["--from=x"], ["quick"]]) {
    assert.equal(parseOptions(args), null, args.join(" "));
  }
});
