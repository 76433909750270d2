import assert from "node:assert/strict";
import fc from "fast-check";
import { createResponseReader, ResponseError } from "../../bench/load/response_reader.ts";

/** Gives the text in pieces of these lengths, over and over, then ends. */
function sourceOf(text: string, lengths: readonly number[] = [Infinity]) {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  let turn = 0;
  return {
    read(into: Uint8Array): Promise<number | null> {
      if (at === bytes.length) return Promise.resolve(null);
      const piece = bytes.subarray(at, at + Math.min(lengths[turn++ % lengths.length] ?? 1, into.length));
      into.set(piece);
      at += piece.length;
      return Promise.resolve(piece.length);
    },
  };
}

const LENGTH = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}';
const CHUNKED = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nMcp-Session-Id: s1\r\n\r\n" +
  '4;name=value\r\n{"a"\r\n003\r\n:1}\r\n0\r\nTrailer: x\r\n\r\n';
const EMPTY = "HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
const EARLY = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n" + LENGTH;

Deno.test("answers are read whole however they are framed and cut into pieces", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.constantFrom(LENGTH, CHUNKED, EMPTY, EARLY), { minLength: 1, maxLength: 8 }),
    fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 }),
    async (answers, lengths) => {
      const reader = createResponseReader(sourceOf(answers.join(""), lengths));
      for (const answer of answers) {
        const { status, body, closes, header } = await reader.next();
        assert.equal(status, answer === EMPTY ? 204 : 200);
        assert.equal(closes, answer === EMPTY);
        assert.equal(new TextDecoder().decode(body), answer === EMPTY ? "" : '{"a":1}');
        assert.equal(header("mcp-session-id"), answer === CHUNKED ? "s1" : null);
      }
    },
  ));
});

Deno.test("an answer larger than any buffer arrives as it was sent", async () => {
  const body = "x".repeat(300_000);
  const whole = `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const chunks = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n493e0\r\n${body}\r\n0\r\n\r\n`;
  const reader = createResponseReader(sourceOf(whole + chunks + LENGTH, [65_536, 17]));
  for (const expected of [body, body, '{"a":1}']) {
    assert.equal(new TextDecoder().decode((await reader.next()).body), expected);
  }
});

Deno.test("chunks stay as they came while the buffer moves on under them", async () => {
  const parts = Array.from({ length: 400 }, (_, i) => String(i % 10).repeat(997));
  const chunks = parts.map((part) => `${part.length.toString(16)}\r\n${part}\r\n`).join("");
  const answer = `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
  const reader = createResponseReader(sourceOf(answer + answer, [1_460]));
  for (let i = 0; i < 2; i++) {
    assert.equal(new TextDecoder().decode((await reader.next()).body), parts.join(""));
  }
});

for (
  const [what, text, message] of [
    ["nothing", "", "the connection ended before the answer was complete"],
    ["half a head", "HTTP/1.1 200 OK\r\ncontent-le", "the connection ended before the answer was complete"],
    ["half a body", LENGTH.slice(0, -1), "the connection ended before the answer was complete"],
    ["chunks without an end", CHUNKED.slice(0, -4), "the connection ended before the answer was complete"],
    ["no HTTP", "SSH-2.0-x\r\n\r\n", "the answer does not start as HTTP/1.1 does"],
    [
      "no length",
      "HTTP/1.1 200 OK\r\n\r\n{}",
      "the answer says neither its length nor that it is chunked",
    ],
    [
      "a length that is none",
      "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
      "the length is no number",
    ],
    [
      "a chunk without a length",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
      "a chunk has no length",
    ],
    [
      "a chunk longer than it says",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n",
      "a chunk is not as long as it says",
    ],
    [
      "a head without an end",
      `HTTP/1.1 200 OK\r\nx: ${"y".repeat(140_000)}`,
      "the head of the answer does not end",
    ],
  ] as const
) {
  Deno.test(`what is no answer is not taken for one: ${what}`, async () => {
    const error = new ResponseError(message);
    await assert.rejects(createResponseReader(sourceOf(text)).next(), {
      name: error.name,
      message: error.message,
    });
  });
}
