// Verifies notifications (Standard Webhooks 1.0.0).
import type { Event } from "./models.js";
import { InvalidSignature } from "./problem.js";

const TOLERANCE = 300; // seconds

/**
 * The event of a notification. Throws `InvalidSignature`.
 *
 * `secret`: `whsec_...`; `body` as it arrived, byte for byte. Events come at least once and out of order: keep the highest
 * `data.version` of each order, and ignore what is not newer.
 */
export async function verify(
  secret: string,
  headers: Headers | Record<string, string | string[] | undefined>,
  body: string | Uint8Array,
  now: number = Date.now() / 1000,
): Promise<Event> {
  const given = (name: string): string => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name];
    if (typeof value !== "string") throw new InvalidSignature(`the header ${name} is needed`);
    return value;
  };
  const [id, at, signatures] = [given("webhook-id"), given("webhook-timestamp"), given("webhook-signature")];
  if (!/^\d+$/.test(at) || Math.abs(now - Number(at)) > TOLERANCE)
    throw new InvalidSignature("the notification is more than five minutes old, or from the future");
  const raw = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const head = new TextEncoder().encode(`${id}.${at}.`);
  const signed = new Uint8Array(head.length + raw.length);
  signed.set(head);
  signed.set(raw, head.length);
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytes(secret.replace(/^whsec_/, "")), algorithm, false, ["verify"]);
  for (const each of signatures.split(" ").filter((one) => one.startsWith("v1,"))) {
    // Compared in constant time.
    if (await crypto.subtle.verify("HMAC", key, bytes(each.slice(3)), signed))
      return JSON.parse(new TextDecoder().decode(raw)) as Event;
  }
  throw new InvalidSignature("no signature matches");
}

function bytes(base64: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  } catch {
    return new Uint8Array(0);
  }
}
