// Clients in better-auth's table, so that its provider finds them there. Checks nothing of what an app says.
import type { Where } from "better-auth";
import { z } from "zod";
import { clientName } from "./client_name.ts";

/** Clients by their ids. */
export interface ClientStore {
  find(id: string): Promise<Client | undefined>;
  /** Makes a client, or replaces its row. */
  save(client: Client): Promise<void>;
  /** Forgets a client with its tokens and consents. */
  forget(id: string): Promise<void>;
}

/** Creates the store on better-auth's tables. */
export function createClientStore(tables: ClientTables): ClientStore {
  const where = (id: string): Where[] => [{ field: "clientId", value: id }];
  const find = async (id: string): Promise<Client | undefined> => {
    const row = await tables.findOne<unknown>({ model: MODEL, where: where(id) });
    return row === null ? undefined : Row.parse(row);
  };
  return {
    find,
    async save(client) {
      const data = {
        clientId: client.id,
        ...(client.secretHash === undefined ? {} : { clientSecret: client.secretHash }),
        name: client.name,
        redirectUris: [...client.redirectUris],
        tokenEndpointAuthMethod: client.authMethod,
        grantTypes: ["authorization_code", "refresh_token"],
        responseTypes: ["code"],
        scopes: null, // all scopes: a module that comes later is for clients of today as well
        requirePKCE: true,
        skipConsent: false,
        disabled: false,
        createdAt: client.registeredAt,
        updatedAt: client.updatedAt,
      };
      if (await find(client.id) === undefined) await tables.create({ model: MODEL, data });
      else await tables.update({ model: MODEL, where: where(client.id), update: data });
    },
    async forget(id) {
      for (const model of MODELS) await tables.deleteMany({ model, where: where(id) });
    },
  };
}

/** The part of better-auth's database that clients need. */
export interface ClientTables {
  findOne<T>(query: { model: string; where: Where[] }): Promise<T | null>;
  create<T extends Record<string, unknown>, R = T>(row: { model: string; data: Omit<T, "id"> }): Promise<R>;
  update<T>(
    query: { model: string; where: Where[]; update: Record<string, unknown> },
  ): Promise<T | null>;
  updateMany(
    query: { model: string; where: Where[]; update: Record<string, unknown> },
  ): Promise<number>;
  deleteMany(query: { model: string; where: Where[] }): Promise<number>;
}

/** How a client proves who it is at the token endpoint. */
export const CLIENT_AUTH_METHODS = ["none", "client_secret_basic", "client_secret_post"] as const;

/** An app, as it described itself. Only its redirect addresses were checked. */
export interface Client {
  readonly id: string;
  readonly name: string;
  readonly redirectUris: readonly string[];
  readonly authMethod: (typeof CLIENT_AUTH_METHODS)[number];
  /** Hash of the secret; public clients have none. */
  readonly secretHash: string | undefined;
  readonly registeredAt: Date;
  /** When its document was last read, for a client that is known by the URL of a document. */
  readonly updatedAt: Date;
}

const Row = z.object({
  clientId: z.string(),
  clientSecret: z.string().nullish(),
  name: z.string(),
  redirectUris: z.array(z.string()),
  tokenEndpointAuthMethod: z.enum(CLIENT_AUTH_METHODS),
  createdAt: z.date(),
  updatedAt: z.date(),
}).transform((row): Client => ({
  id: row.clientId,
  name: clientName(row.name, row.redirectUris), // rows of earlier versions hold names that were not made fit
  redirectUris: row.redirectUris,
  authMethod: row.tokenEndpointAuthMethod,
  secretHash: row.clientSecret ?? undefined,
  registeredAt: row.createdAt,
  updatedAt: row.updatedAt,
}));

const MODEL = "oauthClient";

/** Everything that refers to a client, and the client last. */
const MODELS = ["oauthAccessToken", "oauthRefreshToken", "oauthConsent", "oauthClientResource", MODEL];
