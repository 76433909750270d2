import assert from "node:assert/strict";
import { askingNode, nameQuestions } from "../../lib/mcp/legacy/question_ids.ts";

const KEY = new Uint8Array(32).fill(1);

Deno.test("a question's name leads to its node and number, and tells nothing of the next question's name", () => {
  const ids = nameQuestions("0123456789abcdef", KEY);
  const names = [0, 1, 10].map((own) => String(ids.toClient(own)));
  assert.deepEqual(names.map((name) => ids.toServer(name)), [0, 1, 10]);
  assert.deepEqual(names.map(askingNode), new Array(3).fill("0123456789abcdef"));
  const [first = ""] = names;
  for (
    const guess of [first.replace(/0$/, "1"), `${first}0`, first.replace(/0$/, "00"), "", "0", "a.b.0", 0]
  ) {
    assert.equal(ids.toServer(guess), NaN, String(guess));
  }
  const other = nameQuestions("0123456789abcdef", new Uint8Array(32).fill(2));
  assert.equal(other.toServer(first), NaN);
});
