// A shop's developer with the types that openapi-typescript has generated: creates, pays, captures and refunds an order.
//
//     node typescript_client.js API_URL CLIENT_ID CLIENT_SECRET REFERENCE
import createClient from "openapi-fetch";
import type { paths } from "./generated.js";

const [api_url, client_id, client_secret, reference] = process.argv.slice(2) as [string, string, string, string];

function expect<Body>(answer: { data?: Body; error?: { code: string } }): Body {
  if (answer.data === undefined) throw new Error(answer.error?.code);
  return answer.data;
}

const stranger = createClient<paths>({ baseUrl: api_url });
const token = expect(
  await stranger.POST("/auth/token", {
    body: { grant_type: "client_credentials", client_id, client_secret },
    bodySerializer: (body) => new URLSearchParams({ ...body }),
  }),
);
const api = createClient<paths>({ baseUrl: api_url, headers: { Authorization: `Bearer ${token.access_token}` } });
const body = { order_reference: reference, amount: 4999, currency: "EUR" } as const;
const header = { "Idempotency-Key": reference };
const order = expect(await api.POST("/orders", { params: { header }, body }));
const at = { order_key: order.order_key };
const payment = expect(
  await api.POST("/orders/{order_key}/payments", {
    params: { path: at },
    body: { method: "card", instrument: { token: "tok_visa" } },
  }),
);
const path = { ...at, payment_id: payment.payment_id };
expect(await api.POST("/orders/{order_key}/payments/{payment_id}/capture", { params: { path }, body: {} }));
const refunded = expect(
  await api.POST("/orders/{order_key}/payments/{payment_id}/refund", { params: { path }, body: { amount: 1000 } }),
);
const now = expect(await api.GET("/orders/{order_key}", { params: { path: at } }));
const again = await api.POST("/orders", { body });
console.log(now.status, refunded.status, now.amounts.refunded, again.error?.code);
