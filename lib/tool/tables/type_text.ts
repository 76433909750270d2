// Reads the types of tools/tables.json, which are TypeScript in words (`'low' | 'high' | null`, `{days: number[]}`): as a
// tree when the process starts, and once more as a type of our own when the compiler runs. Makes no schema of them.

/** Parses a type. Throws TypeError for a text that is none. */
export function parseType(text: string): TypeNode {
  const tokens = text.match(TOKEN) ?? [];
  let next = 0;
  const isNext = (token: string): boolean => tokens[next] === token && ++next > 0;
  const fail = (): never => {
    throw new TypeError(`Cannot read the type ${text}`);
  };
  const expect = (token: string): void => void (isNext(token) || fail());
  const union = (): TypeNode => {
    const first = list();
    const members = [first];
    while (isNext("|")) members.push(list());
    return members.length === 1 ? first : { kind: "union", members };
  };
  const list = (): TypeNode => {
    let node = single();
    while (isNext("[")) {
      expect("]");
      node = { kind: "list", of: node };
    }
    return node;
  };
  const single = (): TypeNode => {
    if (isNext("(")) {
      const inner = union();
      expect(")");
      return inner;
    }
    if (isNext("{")) return object();
    const token = tokens[next++] ?? fail();
    if (token === "Record") {
      for (const part of ["<", "string", ","]) expect(part);
      const of = union();
      expect(">");
      return { kind: "record", of };
    }
    if (token.startsWith("'")) return { kind: "literal", value: /^'(.*)'$/.exec(token)?.[1] ?? fail() };
    if (/^\d+$/.test(token)) return { kind: "literal", value: Number(token) };
    return /^\w+$/.test(token) ? { kind: "name", name: token } : fail();
  };
  const object = (): TypeNode => {
    const members: { name: string; optional: boolean; of: TypeNode }[] = [];
    while (!isNext("}")) {
      if (members.length > 0) expect(";");
      const name = tokens[next++] ?? fail();
      const optional = isNext("?");
      expect(":");
      members.push({ name, optional, of: union() });
    }
    return { kind: "object", members };
  };
  const node = union();
  return next === tokens.length ? node : fail();
}

/** A type as a tree. A name is `string`, `number`, `boolean`, `null`, `unknown`, `object` or a list of words we do not have. */
export type TypeNode =
  | { readonly kind: "literal"; readonly value: string | number }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list" | "record"; readonly of: TypeNode }
  | { readonly kind: "union"; readonly members: readonly TypeNode[] }
  | {
    readonly kind: "object";
    readonly members: readonly { readonly name: string; readonly optional: boolean; readonly of: TypeNode }[];
  };

/** What a value is when it is read: words are open, since other writers have words of their own, and objects are not looked into. */
export type ReadType<T extends string> = T extends `${infer Rest} | null` ? ReadType<Rest> | null
  : T extends "string" | "string[]" ? (T extends "string" ? string : string[])
  : T extends "number" | "number[]" ? (T extends "number" ? number : number[])
  : T extends "boolean" ? boolean
  : T extends "unknown" ? unknown
  : T extends `('${string}[]` ? string[]
  : T extends `${string}[]` ? OpenObject[]
  : T extends `{${string}` | `Record<${string}` | "object" ? OpenObject
  : T extends `${number} | ${string}` ? number
  : string;

/** The words of a type: `low` and `high` of `'low' | 'high' | null`, and of a list of them. */
export type WordsOf<T extends string> = T extends `(${infer Inner})[]` ? WordsOf<Inner>
  : T extends `${infer First} | ${infer Rest}` ? WordsOf<First> | WordsOf<Rest>
  : T extends `'${infer Word}'` ? Word
  : never;

/** An object of which nothing is known but that it is one. */
export interface OpenObject {
  [name: string]: unknown;
}

const TOKEN = /'[^']*'?|\w+|[^\s\w']/g;
