// What a call can throw.

/** Every error of this SDK. */
export class TillgateError extends Error {
  override name = this.constructor.name;
}

/**
 * No answer came, after several tries: whether the call took effect is not known. Repeat it with the same
 * `idempotencyKey`: it takes effect once.
 */
export class NoAnswer extends TillgateError {
  constructor(
    message: string,
    readonly idempotencyKey: string | undefined,
    cause: unknown,
  ) {
    super(message, { cause });
  }
}

/** A notification is not from Tillgate, was changed, or is old. Answer 400 and do nothing. */
export class InvalidSignature extends TillgateError {}

export interface ProblemBody {
  type?: string;
  code?: string;
  detail?: string;
  request_id?: string;
  errors?: Array<{ pointer: string; detail: string }>;
}

/** An error that the API answered (RFC 9457). Each `code` has a class of its own; go by it or by `code`. */
export class Problem extends TillgateError {
  readonly code: string;
  readonly detail: string;
  /** A URL that tells more. */
  readonly type: string;
  readonly requestId: string;
  readonly errors: Array<{ pointer: string; detail: string }>;

  constructor(
    readonly status: number,
    body: ProblemBody,
    readonly idempotencyKey?: string,
  ) {
    const errors = body.errors ?? [];
    const fields = errors.map((each) => `; ${each.pointer} ${each.detail}`).join("");
    super(`${status} ${body.code ?? "internal_error"}: ${body.detail ?? ""}${fields}`);
    this.code = body.code ?? "internal_error";
    this.detail = body.detail ?? "";
    this.type = body.type ?? "about:blank";
    this.requestId = body.request_id ?? "";
    this.errors = errors;
  }
}
