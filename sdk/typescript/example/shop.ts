// A shop: one ticket, paid on Tillgate's menu, shipped when it is safe. README.md says how it is started.
import { createServer, type IncomingMessage } from "node:http";
import { InvalidSignature, Tillgate, type models, verify } from "tillgate-sdk";

const port = Number(process.argv[2]);
const here = `http://127.0.0.1:${port}`;
const { API = "", CLIENT_ID = "", CLIENT_SECRET = "", SIGNING_SECRET = "" } = process.env;
const tillgate = new Tillgate({ apiUrl: API, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });
const versions = new Map<string, number>(); // the newest version that was seen of each order

async function buy(): Promise<string> {
  const reference = `shop-${crypto.randomUUID().slice(0, 13)}`;
  const return_urls = { success: here, aborted: here, error: here };
  const notification_url = `${here}/events`;
  const terms = { order_reference: reference, amount: 4999, currency: "EUR", return_urls, notification_url } as const;
  return (await tillgate.createOrder(terms, { idempotencyKey: reference })).menu_url;
}

/** Ships, once: captures what is held as soon as it is safe. */
async function changed(order: models.Order): Promise<void> {
  if (order.version <= (versions.get(order.order_key) ?? 0)) return;
  for (const payment of order.considered_safe ? order.payments : []) {
    if (payment.allowed_operations.includes("capture")) {
      const idempotencyKey = `ship-${payment.payment_id}`;
      await tillgate.capturePayment(order.order_key, payment.payment_id, {}, { idempotencyKey });
    }
  }
  versions.set(order.order_key, order.version); // not sooner: after an error the notification comes again
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

createServer(async (request, response) => {
  try {
    if (request.method === "GET") {
      const key = new URL(request.url ?? "/", here).searchParams.get("order_key");
      const status = key ? (await tillgate.getOrder(key)).status : "nothing bought yet";
      response.setHeader("Content-Type", "text/html");
      response.end(`<h1>Ticket</h1>${status}<form method=post action=/buy><button>49.99 EUR</button></form>`);
    } else if (request.url === "/buy") {
      response.writeHead(303, { Location: await buy() }).end();
    } else {
      await changed((await verify(SIGNING_SECRET, request.headers, await read(request))).data);
      response.writeHead(204).end();
    }
  } catch (error) {
    response.writeHead(error instanceof InvalidSignature ? 400 : 500).end(String(error));
  }
}).listen(port, "127.0.0.1");
