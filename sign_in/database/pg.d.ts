// The part of `pg` that postgres_sign_in.ts uses. The types on the registry, @types/pg, bring those of Node along, which
// change the meaning of `CryptoKey` and of asserts everywhere.
import type { PostgresPool } from "kysely";

/** How a column's text becomes a value. */
type TypeParser = (value: string) => unknown;

/** Connections to one database, made when they are needed. */
export interface Pool extends PostgresPool {
  /** Hears of a connection that ended while nobody used it; without a listener that would end the process. */
  on(event: "error", listener: (error: Error) => void): void;
}

/** Makes no connection yet. */
export const Pool: new (options: {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** TLS with a certificate that has to match the host. */
  readonly ssl: boolean;
  readonly max: number;
  /** Milliseconds. */
  readonly connectionTimeoutMillis: number;
  /** Milliseconds. */
  readonly statement_timeout: number;
  readonly application_name: string;
  readonly types: { getTypeParser(oid: number, format?: string): TypeParser };
}) => Pool;

/** Numbers of the types of columns, and their usual parsers. */
export const types: {
  readonly builtins: { readonly INT8: number };
  getTypeParser(oid: number, format?: string): TypeParser;
};
