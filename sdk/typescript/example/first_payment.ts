// An order, paid with a card of the sandbox and captured. README.md says how it is started.
import { Tillgate } from "tillgate-sdk";

const { API = "", CLIENT_ID = "", CLIENT_SECRET = "" } = process.env;
const tillgate = new Tillgate({ apiUrl: API, clientId: CLIENT_ID, clientSecret: CLIENT_SECRET });

const order_reference = `first-${crypto.randomUUID().slice(0, 13)}`; // yours, used once
const order = await tillgate.createOrder({ order_reference, amount: 4999, currency: "EUR" });
const key = order.order_key;
let payment = await tillgate.startPayment(key, { method: "card", instrument: { token: "tok_visa" } });
payment = await tillgate.capturePayment(key, payment.payment_id);
console.log(payment.payment_id, payment.status);
