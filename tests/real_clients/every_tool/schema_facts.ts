/** What a schema says, as a set of sentences that two schemas can be compared by, whatever the order of their members. */

/** Each value in a schema under its path: `properties.title.maxLength = 200`. Members of lists stand under `[]`. */
export function schemaFacts(schema: unknown, path = ""): string[] {
  if (Array.isArray(schema)) return schema.flatMap((member) => schemaFacts(member, `${path}[]`));
  if (typeof schema !== "object" || schema === null) return [`${path} = ${JSON.stringify(schema)}`];
  return Object.entries(schema).flatMap(([name, member]) =>
    schemaFacts(member, path === "" ? name : `${path}.${name}`)
  );
}
