/** `deno task undo` before gateways that refuse, are down, redirect or lie: the words are ours, and nothing of theirs steers a terminal. */
import assert from "node:assert/strict";
import { connectGateway, NoAnswer } from "../../scripts/undo/mcp_gateway.ts";
import { planLines } from "../../scripts/undo/plan_lines.ts";
import { UndoPreview } from "../../scripts/undo/undo_preview.ts";

/** What the task says of a gateway that answers everything in one way. */
async function saidOf(answer: (id: unknown) => Response | Promise<Response>): Promise<string> {
  const asked: Request[] = [];
  const fetch = (input: string | URL | Request, init?: RequestInit) => {
    asked.push(new Request(input, init));
    return Promise.resolve().then(() => answer(JSON.parse(String(init?.body)).id));
  };
  try {
    await using gateway = await connectGateway({ url: "https://mcp.mana.test/mcp", token: "a.b.c", fetch });
    assert.fail(JSON.stringify(await gateway.call("undo_preview", {})));
  } catch (error) {
    assert.ok(error instanceof NoAnswer, String(error));
    assert.ok(asked.every(({ url }) => url === "https://mcp.mana.test/mcp"), "the token goes nowhere else");
    return error.message;
  }
}

Deno.test("undo: a gateway that cannot be asked is told in our words", async () => {
  const hostile = "<html>\u001b[31mhello";
  const cases: readonly (readonly [(id: unknown) => Response | Promise<Response>, RegExp])[] = [
    [() => Promise.reject(new TypeError("connection refused")), /^The gateway cannot be reached/],
    [() => new Response(hostile, { status: 401 }), /does not take the token/],
    [() => new Response(hostile, { status: 403 }), /does not answer under this address/],
    [() => new Response(hostile, { status: 404 }), /no gateway at this address/],
    [() => new Response(hostile, { status: 429 }), /too many requests/],
    [() => new Response(hostile, { status: 502 }), /is not available \(502\)/],
    [() => new Response(null, { status: 307, headers: { location: "https://evil.test/mcp" } }), /redirects/],
    [() => new Response(hostile), /no answer of a mana-mcp gateway/],
    [
      (id) => Response.json({ jsonrpc: "2.0", id, error: { code: 1, message: hostile } }),
      /no answer of a mana-mcp/,
    ],
  ];
  for (const [answer, words] of cases) {
    const said = await saidOf(answer);
    assert.match(said, words);
    assert.ok(!said.includes("hello"));
  }
});

Deno.test("undo: what people and apps stored takes one line each, cannot steer the terminal, and hidden rows are counted", () => {
  const preview = UndoPreview.parse({
    plan: "p",
    rows: [
      {
        record: "note",
        title: "\u001b]0;title\u0007Milk\nPut back: 0\u202e",
        op: "update",
        fields: [
          { name: "title", before: "x".repeat(500), after: null },
          { name: "due date", before: "", after: "2026-05-01" },
          { name: "text", before: null, after: null, isSealed: true },
        ],
        fieldCount: 5,
        space: { id: "s", name: "Home", kind: "shared" },
      },
      {
        record: "habit",
        title: null,
        op: "delete",
        fields: [{ name: "name", before: "Drink" }],
        fieldCount: 1,
      },
      { record: "task", title: "Call Ben", op: "restore" },
    ],
    rowCount: 60,
    conflicts: [
      { record: "note", title: "Trip", id: "n", field: "title", by: "", at: "2026-05-01T11:00:00.000Z" },
      { record: "note", id: "0123456789", field: "text", by: "you", at: "2026-04-30T11:00:00.000Z" },
    ],
    conflictCount: 3,
    impossible: [{ reason: "hard-deleted", count: 1 }, { reason: "new\u001breason", count: 2 }],
  });
  const place = { zone: "Europe/Berlin", now: Date.parse("2026-05-01T12:00:00.000Z") };
  assert.deepEqual(planLines(preview, place), [
    "Would be put back: 60 records",
    "",
    "  note “‹U+001B›]0;title‹U+0007›Milk Put back: 0‹U+202E›” is put back (shared space “Home”)",
    `    title     ${"x".repeat(48)}… → nothing`,
    "    due date  nothing → 2026-05-01",
    "    text      locked: your Mana app opens it",
    "    and 2 fields more",
    "  habit is taken away again",
    "  task “Call Ben” comes back",
    "  and 57 records more",
    "",
    "Left alone, since somebody changed it later:",
    "",
    "  note “Trip”: title, by somebody, today at 13:00",
    "  note 01234567…: text, by you, 30 April 2026 at 13:00",
    "  and 1 change more",
    "",
    "Cannot be undone:",
    "",
    "  1 record: deleted for good, so that nothing is left",
    "  2 records: new‹U+001B›reason",
    "",
  ]);
});
