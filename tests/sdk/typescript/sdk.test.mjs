// The hand-written layer of the TypeScript SDK, by node's own test runner: node --test sdk.test.mjs
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { InvalidSignature, NoAnswer, Problem, Tillgate, problems, verify } from "tillgate-sdk";

const API = "https://tillgate.example.com/v1";
const TERMS = { order_reference: "A-1", amount: 4999, currency: "EUR" };
const json = (status, body, headers = {}) => ({ status, text: JSON.stringify(body), headers });
const problem = (status, code, headers) => json(status, { code, detail: "no" }, headers);
const DONE = json(201, { order_key: "ord_1" });

function server(...answers) {
  const seen = { requests: [], pauses: [], tokens: 0, insteadOfTokens: [] };
  const fetch = async (url, init) => {
    if (url === `${API}/auth/token`) {
      const instead = seen.insteadOfTokens.shift();
      if (instead instanceof Error) throw instead;
      if (instead) return new Response(instead.text, { status: instead.status, headers: instead.headers });
      seen.tokens += 1;
      return new Response(JSON.stringify({ access_token: `t${seen.tokens}`, expires_in: 3600 }));
    }
    seen.requests.push({ url, ...init });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return new Response(answer.text, { status: answer.status, headers: answer.headers });
  };
  const sleep = async (seconds) => void seen.pauses.push(seconds);
  const tillgate = new Tillgate({ apiUrl: API, clientId: "id", clientSecret: "secret", fetch, sleep });
  return { tillgate, seen, keys: () => seen.requests.map((each) => each.headers["Idempotency-Key"]) };
}

test("a token is fetched once, and a key is made", async () => {
  const { tillgate, seen, keys } = server(DONE, DONE);
  assert.deepEqual(await tillgate.createOrder(TERMS), { order_key: "ord_1" });
  await tillgate.createOrder(TERMS);
  assert.equal(seen.tokens, 1);
  assert.equal(seen.requests[0].url, `${API}/orders`);
  assert.deepEqual(JSON.parse(seen.requests[0].body), TERMS);
  assert.equal(seen.requests[0].headers.Authorization, "Bearer t1");
  assert.equal(new Set(keys()).size, 2);
});

for (const first of [
  new TypeError("down"),
  problem(503, "psp_unavailable"),
  problem(503, "service_unavailable", { "Retry-After": "7" }),
  problem(500, "internal_error"),
  problem(429, "too_many_requests", { "Retry-After": "7" }),
  problem(409, "concurrent_request"),
  { status: 502, text: "<html>" },
])
  test(`repeated with the same key: ${first.message ?? first.text}`, async () => {
    const { tillgate, seen, keys } = server(first, DONE);
    assert.deepEqual(await tillgate.createOrder(TERMS, { idempotencyKey: "mine" }), { order_key: "ord_1" });
    assert.deepEqual(keys(), ["mine", "mine"]);
    assert.ok(seen.pauses[0] >= (first.headers?.["Retry-After"] ? 7 : 0));
  });

test("a token that has ended is renewed, once", async () => {
  const { tillgate, seen } = server(problem(401, "unauthorized"), DONE);
  await tillgate.createOrder(TERMS);
  assert.deepEqual(seen.requests.map((each) => each.headers.Authorization), ["Bearer t1", "Bearer t2"]);
  const other = server(problem(401, "unauthorized"), problem(401, "unauthorized"));
  await assert.rejects(other.tillgate.createOrder(TERMS), problems.Unauthorized);
});

for (const first of [new TypeError("down"), problem(503, "service_unavailable")])
  test(`a request for a token is repeated too: ${first.message ?? first.text}`, async () => {
    const { tillgate, seen } = server(DONE);
    seen.insteadOfTokens = [first, first, first];
    assert.deepEqual(await tillgate.createOrder(TERMS), { order_key: "ord_1" });
    assert.deepEqual([seen.pauses.length, seen.requests.length], [3, 1]);
    const other = server();
    other.seen.insteadOfTokens = [first, first, first, first];
    await assert.rejects(other.tillgate.createOrder(TERMS), first instanceof Error ? NoAnswer : problems.ServiceUnavailable);
  });

test("wrong credentials are not sent again", async () => {
  const { tillgate, seen } = server();
  seen.insteadOfTokens = [problem(401, "unauthorized")];
  await assert.rejects(tillgate.createOrder(TERMS), problems.Unauthorized);
  assert.deepEqual([seen.tokens, seen.pauses], [0, []]);
});

test("what cannot succeed is not repeated", async () => {
  const errors = [{ pointer: "/amount", detail: "is required" }];
  const refused = server(json(422, { code: "invalid_request", detail: "no", errors }));
  await assert.rejects(refused.tillgate.createOrder(TERMS), (error) => {
    assert.ok(error instanceof problems.InvalidRequest && error instanceof Problem);
    assert.deepEqual([error.status, error.code, error.errors], [422, "invalid_request", errors]);
    return /is required/.test(error.message);
  });
  await assert.rejects(server(problem(409, "duplicate_reference")).tillgate.createOrder(TERMS), problems.DuplicateReference);
  await assert.rejects(server(problem(422, "a_code_of_tomorrow")).tillgate.createOrder(TERMS), { code: "a_code_of_tomorrow" });
});

test("no answer tells the key", async () => {
  const { tillgate, keys } = server(...Array(4).fill(new TypeError("down")));
  await assert.rejects(tillgate.createOrder(TERMS), (error) => error instanceof NoAnswer && error.idempotencyKey === keys()[0]);
  assert.equal(new Set(keys()).size, 1);
});

test("a list goes over all pages", async () => {
  const { tillgate, seen } = server(
    json(200, { items: [{ order_key: "a" }, { order_key: "b" }], next_cursor: "c/1" }),
    json(200, { items: [{ order_key: "c" }], next_cursor: null }),
  );
  const found = [];
  for await (const order of tillgate.listOrders({ status: "PAID" })) found.push(order.order_key);
  assert.deepEqual(found, ["a", "b", "c"]);
  assert.deepEqual(seen.requests.map((each) => new URL(each.url).search), ["?status=PAID", "?status=PAID&cursor=c%2F1"]);
});

test("a key is one segment of the path", async () => {
  const { tillgate, seen } = server(json(200, {}));
  await tillgate.getOrder("../account?x");
  assert.equal(seen.requests[0].url, `${API}/orders/..%2Faccount%3Fx`);
});

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const sign = (body, at = "1000000") =>
  createHmac("sha256", Buffer.from(SECRET.slice(6), "base64")).update(`msg_1.${at}.${body}`).digest("base64");
const headers = (body) => ({
  "webhook-id": "msg_1",
  "webhook-timestamp": "1000000",
  "webhook-signature": `v1,AAAA v1,${sign(body)}`,
});

test("a notification is verified", async () => {
  const body = JSON.stringify({ type: "order.updated", data: { order_key: "ord_1" } });
  assert.equal((await verify(SECRET, headers(body), body, 1000299)).data.order_key, "ord_1");
  assert.equal((await verify(SECRET, new Headers(headers(body)), Buffer.from(body), 999701)).type, "order.updated");
});

for (const [change, body, now] of [
  [{}, '{"type": "other"}', 1000000],
  [{}, "{}", 1000301],
  [{}, "{}", 999699],
  [{ "webhook-timestamp": "1000001" }, "{}", 1000000],
  [{ "webhook-timestamp": "soon" }, "{}", 1000000],
  [{ "webhook-id": "msg_2" }, "{}", 1000000],
  [{ "webhook-signature": "v1," }, "{}", 1000000],
  [{ "webhook-signature": "v1,\u00e9" }, "{}", 1000000],
  [{ "webhook-signature": undefined }, "{}", 1000000],
])
  test(`not ours: ${JSON.stringify(change)} ${body} ${now}`, async () => {
    await assert.rejects(verify(SECRET, { ...headers("{}"), ...change }, body, now), InvalidSignature);
  });
