// Problems as exceptions. Generated from the OpenAPI document by `python -m tools.docs`; do not edit.
import { Problem } from "./problem.js";

/**
 * The request cannot be read (400), is too large (413), or a field is missing, unknown or out of range (422).
 * `errors` points at each field and says what it takes: correct these. Amounts are integers in minor units:
 * `4999` is 49.99 EUR.
 */
export class InvalidRequest extends Problem {}

/**
 * The body's `Content-Type` is neither JSON nor a form; for `POST /auth/token`, not a form. Send `Content-Type:
 * application/json`, or `application/x-www-form-urlencoded`.
 */
export class UnsupportedMediaType extends Problem {}

/**
 * `Content-Digest` is not that of the body as it arrived. Compute it over the bytes that you send, after
 * compression and encoding; look for a proxy that changes them.
 */
export class DigestMismatch extends Problem {}

/**
 * The token is missing, wrong, expired or revoked, the client's id or secret is wrong, or the account is
 * suspended. Get a new token from `POST /auth/token` and try once more. If that is refused, ask your operator.
 */
export class Unauthorized extends Problem {}

/** The grant type is not the one there is. Send `grant_type=client_credentials`. */
export class UnsupportedGrantType extends Problem {}

/**
 * You asked for a scope that your client does not have. `detail` lists those it has. Leave `scope` out to get
 * all of them, or ask your operator for more.
 */
export class InvalidScope extends Problem {}

/**
 * Your account takes only signed calls. Sign the call (RFC 9421); `Accept-Signature` lists what to cover. The
 * merchant guide has an example.
 */
export class SignatureRequired extends Problem {}

/**
 * The signature does not match the call, or does not cover what it must. `detail` says what is wrong, `Accept-
 * Signature` what to cover. Check the clock, the path and the digest.
 */
export class SignatureInvalid extends Problem {}

/**
 * The token does not have the scope that this call needs. `detail` names the scope. Get a token of a client that
 * has it; your operator makes such clients.
 */
export class Forbidden extends Problem {}

/**
 * There is nothing by this key, or it belongs to another merchant, or there is no such path. Check the key. Your
 * own `order_reference` is not a key: `GET /orders?order_reference=` finds the order.
 */
export class NotFound extends Problem {}

/**
 * You have used this reference before. `GET /orders?order_reference=` has the earlier order: go on with it, or
 * take a new reference. To repeat a call whose answer was lost, send it with the same `Idempotency-Key`.
 */
export class DuplicateReference extends Problem {}

/**
 * What you ask for is not possible in the present state. Read the order: `status` and `allowed_operations` say
 * what is possible now.
 */
export class OperationNotAllowed extends Problem {}

/**
 * Vendors were given of this technical payment, so it cannot be cancelled or refunded that far itself. Cancel or
 * refund the vendor payments: `GET /orders/{order_key}/vendor-payments` lists them.
 */
export class OperateOnVendorPayments extends Problem {}

/**
 * Another request is changing the same thing, or the first call with this `Idempotency-Key` still runs. Send the
 * same call again with the same `Idempotency-Key`, after `Retry-After`.
 */
export class ConcurrentRequest extends Problem {}

/** The order has changed since you read it: `If-Match` names an older version. Read it again and decide again. */
export class PreconditionFailed extends Problem {}

/**
 * The amount is more than can be captured, cancelled, refunded, paid or lowered. `detail` has what is available;
 * so have the `amounts` of the payment or order.
 */
export class AmountExceedsAvailable extends Problem {}

/**
 * The connector behind this method cannot do this. `GET /orders/{order_key}/methods` tells under `can` what each
 * method can do.
 */
export class CapabilityNotSupported extends Problem {}

/**
 * This method cannot pay this order. `GET /orders/{order_key}/methods` lists the methods that can, and for each
 * other one the reasons.
 */
export class MethodNotApplicable extends Problem {}

/**
 * This instrument is not accepted: your operator has blocked it, as it was misused. Let the shopper pay with
 * another one, or ask your operator.
 */
export class InstrumentBlocked extends Problem {}

/** The PSP declined to save this instrument. Let the shopper take another one. `detail` has the reason code. */
export class InstrumentRefused extends Problem {}

/**
 * The request contains a card number. It was not stored. Remove it, from your logs too. Send the PSP's token, or
 * let the shopper type the card on the PSP's page.
 */
export class CardDataNotAllowed extends Problem {}

/**
 * The order has reached its size limit. Leave out long texts (`reason`, `metadata`), or create a new order.
 * Captures, cancels and refunds without a reason still have room, and the order can always be cancelled.
 */
export class OrderTooLarge extends Problem {}

/**
 * The payout is above what an operator allows for a payout or a day. There are no payouts until limits are set.
 * Ask your operator to set or raise the limit.
 */
export class PayoutLimitExceeded extends Problem {}

/**
 * This `Idempotency-Key` was used for another call or another body. Make a new key for each new intent, and keep
 * it only for repetitions of the same call.
 */
export class IdempotencyKeyReused extends Problem {}

/**
 * Too many calls, wrong secrets, e-mails or failed attempts. Wait for the seconds in `Retry-After`, then send
 * the same call again.
 */
export class TooManyRequests extends Problem {}

/**
 * A fault of ours. Send the same call again with the same `Idempotency-Key`: nothing happens twice. If it stays,
 * tell your operator the `request_id`.
 */
export class InternalError extends Problem {}

/**
 * The PSP did not respond, so the outcome is unknown. Send the same call again with the same `Idempotency-Key`:
 * it takes effect once.
 */
export class PspUnavailable extends Problem {}

/** The database is overloaded, and nothing was changed. Send the same call again after `Retry-After`. */
export class ServiceUnavailable extends Problem {}

export const BY_CODE: Record<string, typeof Problem> = {
  invalid_request: InvalidRequest,
  unsupported_media_type: UnsupportedMediaType,
  digest_mismatch: DigestMismatch,
  unauthorized: Unauthorized,
  unsupported_grant_type: UnsupportedGrantType,
  invalid_scope: InvalidScope,
  signature_required: SignatureRequired,
  signature_invalid: SignatureInvalid,
  forbidden: Forbidden,
  not_found: NotFound,
  duplicate_reference: DuplicateReference,
  operation_not_allowed: OperationNotAllowed,
  operate_on_vendor_payments: OperateOnVendorPayments,
  concurrent_request: ConcurrentRequest,
  precondition_failed: PreconditionFailed,
  amount_exceeds_available: AmountExceedsAvailable,
  capability_not_supported: CapabilityNotSupported,
  method_not_applicable: MethodNotApplicable,
  instrument_blocked: InstrumentBlocked,
  instrument_refused: InstrumentRefused,
  card_data_not_allowed: CardDataNotAllowed,
  order_too_large: OrderTooLarge,
  payout_limit_exceeded: PayoutLimitExceeded,
  idempotency_key_reused: IdempotencyKeyReused,
  too_many_requests: TooManyRequests,
  internal_error: InternalError,
  psp_unavailable: PspUnavailable,
  service_unavailable: ServiceUnavailable,
};
