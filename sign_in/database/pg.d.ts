// The part of `pg` that postgres_sign_in.ts uses. The types on the registry, @types/pg, bring those of Node along, which
// change the meaning of `CryptoKey` and of asserts everywhere.
import type { PostgresPool } from "kysely";

/** How a column's text becomes a value. */
type TypeParser = (value: string) => unknown;

/** Connections to one database, made when they are needed. */
export interface Pool extends PostgresPool {
  /** Hears of a connection that ended while nobody used it; without a listener that would end the process. */
  on(event: "error", listener: (error: Error) => void): void;
  /** Hears of each new connection. */
  on(event: "connect", listener: (client: Pick<Client, "on">) => void): void;
}

/** How a connection is made, and how long anything may take. */
export interface ClientOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** TLS with a certificate that has to match the host. */
  readonly ssl: boolean;
  /** Milliseconds. */
  readonly connectionTimeoutMillis: number;
  /** Milliseconds, kept by the server. */
  readonly statement_timeout: number;
  /** Milliseconds, kept here: for a server that does not answer any more. */
  readonly query_timeout: number;
  readonly keepAlive: boolean;
  readonly application_name: string;
  readonly types: { getTypeParser(oid: number, format?: string): TypeParser };
}

/** Makes no connection yet. */
export const Pool: new (options: ClientOptions & { readonly max: number }) => Pool;

/** One connection. */
export interface Client {
  connect(): Promise<void>;
  query(
    text: string,
    values: readonly unknown[],
  ): Promise<{ readonly rows: readonly Record<string, unknown>[] }>;
  /** Hears of the connection's end by a fault; without a listener that would end the process. */
  on(event: "error", listener: (error: Error) => void): void;
  end(): Promise<void>;
}

/** Makes no connection yet. */
export const Client: new (options: ClientOptions) => Client;

/** Numbers of the types of columns, and their usual parsers. */
export const types: {
  readonly builtins: { readonly INT8: number };
  getTypeParser(oid: number, format?: string): TypeParser;
};
