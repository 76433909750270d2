// One command to a redis-server of loopback, as its protocol has it (RESP2). For tests alone: it holds the whole answer in memory.

/** What a server answers: a text, a number as text, null, or a list. */
export type StoreAnswer = string | null | readonly StoreAnswer[];

/** Asks on a connection of its own. Throws with the server's words where it refuses. Bytes are read as Latin-1. */
export async function askStore(
  port: number,
  password: string,
  command: readonly string[],
): Promise<StoreAnswer> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await send(connection, ["AUTH", password]);
  await send(connection, command);
  const reader = createReader(connection);
  await readAnswer(reader);
  return await readAnswer(reader);
}

async function send(connection: Deno.Conn, command: readonly string[]): Promise<void> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const parts = command.map((part) => `$${encode(part).length}\r\n${part}\r\n`);
  const bytes = encode(`*${command.length}\r\n${parts.join("")}`);
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

interface Reader {
  line(): Promise<string>;
  take(length: number): Promise<string>;
}

function createReader(connection: Deno.Conn): Reader {
  const decoder = new TextDecoder("latin1");
  const part = new Uint8Array(64 * 1024);
  let text = "";
  const more = async () => {
    const length = await connection.read(part);
    if (length === null) throw new Error("The store ended the connection");
    text += decoder.decode(part.subarray(0, length));
  };
  const take = async (length: number) => {
    while (text.length < length) await more();
    const taken = text.slice(0, length);
    text = text.slice(length);
    return taken;
  };
  return {
    take,
    async line() {
      while (!text.includes("\r\n")) await more();
      return (await take(text.indexOf("\r\n") + 2)).slice(0, -2);
    },
  };
}

async function readAnswer(reader: Reader): Promise<StoreAnswer> {
  const line = await reader.line();
  const rest = line.slice(1);
  switch (line[0]) {
    case "+":
    case ":":
      return rest;
    case "-":
      throw new Error(rest);
    case "$":
      return rest === "-1" ? null : (await reader.take(Number(rest) + 2)).slice(0, -2);
    case "*": {
      const answers: StoreAnswer[] = [];
      for (let left = Number(rest); left > 0; left--) answers.push(await readAnswer(reader));
      return answers;
    }
    default:
      throw new TypeError("The store does not speak its protocol");
  }
}
