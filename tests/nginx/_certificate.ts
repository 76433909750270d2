// A certificate for 127.0.0.1 that a test signs itself, so that nginx speaks TLS. Made anew for each test and kept nowhere else.
import assert from "node:assert/strict";

/** Makes a key (P-256) and a certificate for 127.0.0.1, good for a day before and after now; both as PEM (X.509, RFC 5280). */
export async function makeCertificate(): Promise<Certificate> {
  const own = await makeIdentity("mana-test");
  return {
    certificate: await sign(own, { ...own, extension: FOR_LOOPBACK }),
    key: await privateKeyOf(own),
  };
}

/** Makes an authority of one's own, and a key with a certificate for 127.0.0.1 that it signs. */
export async function makeAuthority(): Promise<Certificate & { readonly authority: string }> {
  const [authority, own] = [await makeIdentity("mana-test-authority"), await makeIdentity("mana-test")];
  return {
    authority: await sign(authority, { ...authority, extension: AUTHORITY }),
    certificate: await sign(authority, { ...own, extension: FOR_LOOPBACK }),
    key: await privateKeyOf(own),
  };
}

/** Both as PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly key: string;
}

interface Identity {
  readonly name: Bytes;
  readonly pair: CryptoKeyPair;
}

async function makeIdentity(commonName: string): Promise<Identity> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
    "sign",
    "verify",
  ]);
  assert.ok("privateKey" in pair);
  const name = sequence(tagged(0x31, sequence(objectId("550403"), tagged(0x0c, text(commonName)))));
  return { name, pair };
}

/** The certificate of `subject` by `issuer`, as PEM. */
async function sign(issuer: Identity, subject: Identity & { readonly extension: Bytes }): Promise<string> {
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("spki", subject.pair.publicKey));
  const day = 24 * 3600 * 1000;
  const signedBy = sequence(objectId("2a8648ce3d040302")); // ecdsa-with-SHA256
  const body = sequence(
    tagged(0xa0, tagged(0x02, [2])), // version 3
    tagged(0x02, [1, ...crypto.getRandomValues(new Uint8Array(8))]),
    signedBy,
    issuer.name,
    sequence(utcTime(Date.now() - day), utcTime(Date.now() + day)),
    subject.name,
    [...publicKey],
    tagged(0xa3, sequence(subject.extension)),
  );
  const signature = new Uint8Array(
    await crypto.subtle.sign(
      { name: "ECDSA", hash: "SHA-256" },
      issuer.pair.privateKey,
      Uint8Array.from(body),
    ),
  );
  const numbers = sequence(wholeNumber(signature.subarray(0, 32)), wholeNumber(signature.subarray(32)));
  return pem("CERTIFICATE", sequence(body, signedBy, tagged(0x03, [0, ...numbers])));
}

async function privateKeyOf({ pair }: Identity): Promise<string> {
  return pem("PRIVATE KEY", new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey)));
}

type Bytes = readonly number[];

/** A value of DER: tag, length, content. */
function tagged(tag: number, content: Bytes): Bytes {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return [tag, ...size, ...content];
}

function sequence(...parts: readonly Bytes[]): Bytes {
  return tagged(0x30, parts.flat());
}

function objectId(hex: string): Bytes {
  return tagged(0x06, [...Uint8Array.fromHex(hex)]);
}

function text(value: string): Bytes {
  return [...new TextEncoder().encode(value)];
}

/** `YYMMDDhhmmssZ`, as certificates write dates until 2049. */
function utcTime(milliseconds: number): Bytes {
  const digits = new Date(milliseconds).toISOString().replaceAll(/\D/g, "");
  return tagged(0x17, text(`${digits.slice(2, 14)}Z`));
}

/** Without zeros in front, and with a zero where the first bit would read as a sign. */
function wholeNumber(bytes: Uint8Array): Bytes {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = [...bytes.subarray(start)];
  return tagged(0x02, (digits[0] ?? 0) > 127 ? [0, ...digits] : digits);
}

function pem(label: string, bytes: Bytes | Uint8Array): string {
  const lines = Uint8Array.from(bytes).toBase64().match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** The name of the certificate is the address 127.0.0.1 (subjectAltName), and no other. */
const FOR_LOOPBACK = sequence(objectId("551d11"), tagged(0x04, sequence(tagged(0x87, [127, 0, 0, 1]))));
/** It may sign others (basicConstraints, critical). */
const AUTHORITY = sequence(
  objectId("551d13"),
  tagged(0x01, [0xff]),
  tagged(0x04, sequence(tagged(0x01, [0xff]))),
);
