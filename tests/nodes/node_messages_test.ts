import assert from "node:assert/strict";
import { createNodeKeys } from "../../lib/nodes/node_keys.ts";
import { createNodeMessages } from "../../lib/nodes/node_messages.ts";
import { createNoStore } from "../../lib/nodes/no_store.ts";
import { createStoreKeys } from "../../lib/nodes/store_keys.ts";
import { parseSettings } from "../../lib/settings/settings.ts";
import { createFakeClock, type FakeClock } from "../_support/fake_clock.ts";
import { createPlayedStore, type PlayedStore } from "../_support/played_store.ts";

const SECRETS = ["a", "b"].map((letter) => btoa(letter.repeat(32)));

function keysOf(list: string) {
  const parsed = parseSettings({ NODE_SECRET: list });
  assert.ok(parsed.ok);
  return createNodeKeys(parsed.settings.nodeSecrets, (count) => new Uint8Array(count));
}

function nodeOf(store: PlayedStore, clock: FakeClock, list = `1:${SECRETS[0]}`) {
  const keys = keysOf(list);
  return createNodeMessages({ store: store.open(), keys, storeKeys: createStoreKeys(keys), clock });
}

const asText = (body: unknown) => typeof body === "string" ? body : null;

Deno.test("a message reaches every other gateway, as its kind alone, and not the one that sent it", () => {
  const [store, clock] = [createPlayedStore(), createFakeClock()];
  const [one, two, three] = [nodeOf(store, clock), nodeOf(store, clock), nodeOf(store, clock)];
  const heard: string[] = [];
  one.on("revoked", asText, (text) => heard.push(`one ${text}`));
  two.on("revoked", asText, (text) => heard.push(`two ${text}`));
  two.on("changed", asText, (text) => heard.push(`two of another kind ${text}`));
  const stop = three.on("revoked", asText, (text) => heard.push(`three ${text}`));
  assert.equal(one.send("revoked", "somebody"), true);
  assert.deepEqual(heard, ["two somebody", "three somebody"]);
  stop();
  two.close();
  assert.equal(one.send("revoked", { not: "a text" }), true);
  assert.equal(one.send("revoked", "again"), true);
  assert.deepEqual(heard, ["two somebody", "three somebody"]);
  assert.equal(new Set([one.nodeId, two.nodeId, three.nodeId]).size, 3);
});

Deno.test("what goes through the store shows neither kind nor body, and never the same text twice", () => {
  const [store, clock] = [createPlayedStore(), createFakeClock()];
  const node = nodeOf(store, clock);
  node.send("revoked", "anna@mana.test");
  node.send("revoked", "anna@mana.test");
  const [first, second] = store.published;
  assert.ok(first && second);
  assert.match(first.message, /^1\.[\w-]+={0,2}$/);
  assert.match(first.channel, /^mm1:[\w-]{22}$/);
  assert.notEqual(first.message, second.message);
  assert.equal(
    atob(first.message.slice(2).replaceAll("-", "+").replaceAll("_", "/")).includes("anna"),
    false,
  );
});

Deno.test("forged, changed and foreign messages are not heard", () => {
  const [store, clock] = [createPlayedStore(), createFakeClock()];
  const [one, two] = [nodeOf(store, clock), nodeOf(store, clock)];
  const heard: string[] = [];
  two.on("revoked", asText, (text) => heard.push(text));
  one.send("revoked", "true");
  const [sent] = store.published;
  assert.ok(sent);
  const { channel, message } = sent;
  const flipped = message.slice(0, 20) + (message[20] === "A" ? "B" : "A") + message.slice(21);
  for (const text of ["", ".", "1.", "1.AAAA", "9" + message.slice(1), flipped, "{}", "x".repeat(200_000)]) {
    store.inject(channel, text);
  }
  // Somebody with another secret under the same id, on the channel of the first.
  const stranger = createPlayedStore();
  nodeOf(stranger, clock, `1:${SECRETS[1]}`).send("revoked", "strange");
  assert.notEqual(stranger.published[0]?.channel, channel);
  store.inject(channel, stranger.published[0]?.message ?? "");
  assert.deepEqual(heard, ["true"]);
});

/** A gateway with the same secret whose messages reach nobody until the test hands them on. */
function heldBack(clock: FakeClock) {
  const store = createPlayedStore();
  const node = nodeOf(store, clock);
  return (text: string) => {
    assert.equal(node.send("revoked", text), true);
    const sent = store.published.at(-1);
    assert.ok(sent);
    return sent;
  };
}

Deno.test("a message that is held back is heard for 30 seconds", () => {
  const [store, clock] = [createPlayedStore(), createFakeClock()];
  const [two, write] = [nodeOf(store, clock), heldBack(clock)];
  const heard: string[] = [];
  two.on("revoked", asText, (text) => heard.push(text));
  const [{ channel, message: first }, { message: second }] = [write("in time"), write("too late")];
  clock.advance(30_000);
  store.inject(channel, first);
  clock.advance(1);
  store.inject(channel, second);
  assert.deepEqual(heard, ["in time"]);
});

Deno.test("a message is heard once, and never after a later one of its gateway", () => {
  const [store, clock] = [createPlayedStore(), createFakeClock()];
  const [two, write, writeOther] = [nodeOf(store, clock), heldBack(clock), heldBack(clock)];
  const heard: string[] = [];
  two.on("revoked", asText, (text) => heard.push(text));
  const [{ channel, message: first }, { message: second }] = [write("first"), write("second")];
  for (const message of [second, second, first, writeOther("of another").message]) {
    store.inject(channel, message);
  }
  assert.deepEqual(heard, ["second", "of another"]);
});

Deno.test("while secrets are being replaced, gateways with the old and the new order hear each other", () => {
  const [store, clock] = [createPlayedStore(), createFakeClock()];
  const old = nodeOf(store, clock, `1:${SECRETS[0]},2:${SECRETS[1]}`);
  const fresh = nodeOf(store, clock, `2:${SECRETS[1]},1:${SECRETS[0]}`);
  const heard: string[] = [];
  old.on("changed", asText, (text) => heard.push(`old ${text}`));
  fresh.on("changed", asText, (text) => heard.push(`fresh ${text}`));
  old.send("changed", "by old");
  fresh.send("changed", "by fresh");
  assert.deepEqual(heard, ["fresh by old", "old by fresh"]);
});

Deno.test("messages are bounded in length, in number, and by the store that is away or not there", () => {
  const [store, clock] = [createPlayedStore(), createFakeClock()];
  const node = nodeOf(store, clock);
  assert.equal(node.send("answer", "x".repeat(64 * 1024)), false);
  for (let sent = 0; sent < 200; sent++) assert.equal(node.send("changed", sent), true);
  assert.equal(node.send("changed", "one more"), false);
  clock.advance(1_000);
  assert.equal(node.send("changed", "a second later"), true);
  store.setAway(true);
  assert.equal(node.send("changed", "nobody hears"), false);
  const keys = createNodeKeys([], (count) => crypto.getRandomValues(new Uint8Array(count)));
  const alone = createNodeMessages({
    store: createNoStore(),
    keys,
    storeKeys: createStoreKeys(keys),
    clock,
  });
  assert.equal(alone.send("changed", "nobody is there"), false);
  alone.on("changed", asText, () => assert.fail("nobody sends"))();
});

Deno.test("news of revoked access is told however many other messages a second brings", () => {
  const [store, clock] = [createPlayedStore(), createFakeClock()];
  const [one, two] = [nodeOf(store, clock), nodeOf(store, clock)];
  const heard: string[] = [];
  two.on("revoked", asText, (text) => heard.push(text));
  const answers: string[] = [];
  two.on("answer", asText, (text) => answers.push(text));
  for (const kind of ["changed", "subscribed"] as const) {
    for (let sent = 0; sent < 300; sent++) one.send(kind, "of four people");
  }
  assert.deepEqual([one.send("revoked", "somebody"), one.send("answer", "yes")], [true, true]);
  assert.deepEqual([heard, answers], [["somebody"], ["yes"]]);
});

Deno.test("news of revoked access is heard however many other messages many gateways send", () => {
  const [store, clock] = [createPlayedStore(), createFakeClock()];
  const two = nodeOf(store, clock);
  const heard = { changed: 0, revoked: 0 };
  two.on("changed", asText, () => heard.changed++);
  two.on("revoked", asText, () => heard.revoked++);
  for (let many = 0; many < 11; many++) {
    const other = nodeOf(store, clock);
    for (let sent = 0; sent < 200; sent++) other.send("changed", "a push");
    other.close();
  }
  nodeOf(store, clock).send("revoked", "somebody");
  assert.deepEqual(heard, { changed: 2_000, revoked: 1 });
});

Deno.test("a name in the store is the same at every gateway with the secret, and another one for everything else", () => {
  const [one, two] = [createStoreKeys(keysOf(`1:${SECRETS[0]}`)), createStoreKeys(keysOf(`1:${SECRETS[0]}`))];
  const other = createStoreKeys(keysOf(`1:${SECRETS[1]}`));
  const key = one.keyOf("rate", "anna", "todo.create");
  assert.match(key, /^mm1:\{[\w-]{22}\}:rate:[\w-]{22}$/);
  assert.equal(two.keyOf("rate", "anna", "todo.create"), key);
  const all = [
    key,
    other.keyOf("rate", "anna", "todo.create"),
    one.keyOf("rate", "anna", "todo.list"),
    one.keyOf("rate", "anna", "todo", ".create"),
    one.keyOf("rate", "anna"),
    one.keyOf("spent", "anna", "todo.create"),
    one.keyOf("rate", "bert", "todo.create"),
  ];
  assert.equal(new Set(all).size, all.length);
  assert.equal(one.keyOf("spent", "anna").split(":")[1], key.split(":")[1]);
});
