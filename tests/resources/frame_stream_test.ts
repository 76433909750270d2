import assert from "node:assert/strict";
import { addEvents, type EventSink, messageEvent } from "../../lib/http/streams/add_events.ts";

function setUp(waitsForFirst: boolean) {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const seen = { rooms: 0, ends: 0 };
  let sink: EventSink | undefined;
  const response = addEvents(new Response(readable, { headers: { "content-type": "text/event-stream" } }), {
    waitsForFirst,
    onOpen: (opened) => void (sink = opened),
    onRoom: () => void seen.rooms++,
    onEnd: () => void seen.ends++,
  });
  assert.ok(response.body);
  const reader = response.body.pipeThrough(new TextDecoderStream(), { preventCancel: false }).getReader();
  const write = (text: string) => writer.write(new TextEncoder().encode(text));
  return { writer, write, reader, seen, sink: () => sink };
}

Deno.test("events are put between those of the stream, after its first one", async () => {
  const { writer, write, reader, seen, sink } = setUp(true);
  assert.equal(sink(), undefined);
  void write("event: ack\n\n");
  assert.equal((await reader.read()).value, "event: ack\n\n");
  const opened = sink();
  assert.ok(opened);
  const next = reader.read();
  await Promise.resolve();
  assert.equal(opened.write(messageEvent({ a: "line\nbreak" })), true);
  assert.equal((await next).value, 'event: message\ndata: {"a":"line\\nbreak"}\n\n');
  void write("event: theirs\n\n");
  assert.equal((await reader.read()).value, "event: theirs\n\n");
  void writer.close();
  assert.equal((await reader.read()).done, true);
  assert.equal(opened.write("late"), false);
  assert.equal(seen.ends, 1);
});

Deno.test("whoever does not read makes nothing pile up", async () => {
  const { readable } = new TransformStream<Uint8Array, Uint8Array>();
  let sink: EventSink | undefined;
  let rooms = 0;
  const response = addEvents(new Response(readable), {
    waitsForFirst: false,
    onOpen: (opened) => void (sink = opened),
    onRoom: () => void rooms++,
    onEnd: () => {},
  });
  const opened = sink;
  assert.ok(opened);
  assert.equal(opened.write("1"), true);
  for (let refused = 0; refused < 1_000; refused++) assert.equal(opened.write("2"), false);
  const before = rooms;
  const reader = response.body?.getReader();
  assert.ok(reader);
  assert.equal(new TextDecoder().decode((await reader.read()).value), "1");
  assert.ok(rooms > before, "there is room again");
  assert.equal(opened.write("3"), true);
  await reader.cancel();
  assert.equal(opened.write("4"), false);
});

Deno.test("an end of ours, of theirs, of the reader's and a break are each told once", async () => {
  for (const how of ["ours", "theirs", "reader", "break"] as const) {
    const { writer, write, reader, seen, sink } = setUp(true);
    void write("event: ack\n\n");
    await reader.read();
    if (how === "ours") {
      const last = reader.read();
      await Promise.resolve();
      sink()?.end("event: last\n\n");
      assert.equal((await last).value, "event: last\n\n");
      assert.equal((await reader.read()).done, true);
      await assert.rejects(writer.write(new Uint8Array(1)), "the one behind is given up");
    } else if (how === "theirs") {
      void writer.close();
      assert.equal((await reader.read()).done, true);
    } else if (how === "reader") {
      await reader.cancel();
    } else {
      void writer.abort(new TypeError("reset"));
      await assert.rejects(reader.read(), TypeError);
    }
    sink()?.end();
    assert.equal(seen.ends, 1, how);
  }
});
