import assert from "node:assert/strict";
import { estimateModelTokens } from "../../lib/kit/estimate_model_tokens.ts";

Deno.test("the estimate is near what tokenizers make of a text, and rather above", () => {
  // Counts of o200k_base and of published Claude counts lie within these bounds; no tokenizer is at hand here.
  const prose = "The shop closes at eight, so please buy milk and bread on your way home. ".repeat(10);
  const perChar = (text: string) => estimateModelTokens(text) / text.length;
  assert.ok(perChar(prose) > 0.25 && perChar(prose) < 0.36, String(perChar(prose)));
  const id = "3f0c1f2e-6a9b-4d57-9a31-0c5e8b7d2f44";
  assert.ok(estimateModelTokens(id) >= 18 && estimateModelTokens(id) <= 30);
  assert.equal(estimateModelTokens("字".repeat(10)), 12);
  assert.equal(estimateModelTokens("привет"), 5);
  assert.equal(estimateModelTokens("😀"), 3);
  assert.equal(estimateModelTokens(""), 0);
});
