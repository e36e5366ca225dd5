// Tillgate: payment orders.
import { Calls } from "./operations.js";

/** A client of one merchant. Fetches and renews its token, repeats what can be repeated, and throws `Problem`. */
export class Tillgate extends Calls {}

export type { Options, Settings } from "./caller.js";
export type * as models from "./models.js";
export { verify } from "./notifications.js";
export { InvalidSignature, NoAnswer, Problem, TillgateError } from "./problem.js";
export * as problems from "./problems.js";
