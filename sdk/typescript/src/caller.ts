// Sends calls: fetches and renews the token, keeps the idempotency key over repetitions, throws problems.
import { NoAnswer, type Problem, type ProblemBody } from "./problem.js";
import { Problem as AnyProblem } from "./problem.js";
import { BY_CODE } from "./problems.js";

const TRIES = 4;
const LONGEST_PAUSE = 30; // seconds
const TIMEOUT = 15_000; // milliseconds; a call that waits for a PSP answers within ten seconds
const AGAIN = new Set([409, 429, 500, 502, 503, 504]);

export interface Options {
  /** Made where none is given. Give your own where your program may begin again after a crash. */
  idempotencyKey?: string;
  /** An ETag of the order: 412 if it has changed since. */
  ifMatch?: string;
}

interface Given extends Options {
  query?: object;
  body?: object;
  repeatable?: boolean;
}

export interface Settings {
  /** Without a slash at its end. */
  apiUrl: string;
  clientId: string;
  clientSecret: string;
  /** For tests. */
  fetch?: typeof fetch;
  sleep?: (seconds: number) => Promise<void>;
}

export class Caller {
  readonly #settings: Settings;
  readonly #fetch: typeof fetch;
  readonly #sleep: (seconds: number) => Promise<void>;
  #token: Promise<{ text: string; ends: number }> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#fetch = settings.fetch ?? ((input, init) => fetch(input, init));
    this.#sleep = settings.sleep ?? ((seconds) => new Promise((done) => setTimeout(done, seconds * 1000)));
  }

  protected async call<Answer>(method: string, path: string, given: Given = {}): Promise<Answer> {
    const text = await this.text(method, path, given);
    return (text ? JSON.parse(text) : undefined) as Answer;
  }

  protected async *pages<Item>(method: string, path: string, given: Given = {}): AsyncGenerator<Item> {
    let cursor: string | null | undefined;
    do {
      const query = cursor ? { ...given.query, cursor } : given.query;
      const page: { items: Item[]; next_cursor?: string | null } = await this.call(method, path, { ...given, query });
      yield* page.items;
      cursor = page.next_cursor;
    } while (cursor);
  }

  protected async text(method: string, path: string, given: Given = {}): Promise<string> {
    const key = given.idempotencyKey ?? (given.repeatable ? crypto.randomUUID() : undefined);
    const canRepeat = method === "GET" || key !== undefined;
    let renewed = false;
    for (let tried = 1; ; tried += 1) {
      const token = await this.#bearer();
      const again = canRepeat && tried < TRIES;
      let answer: Response;
      let text: string;
      try {
        answer = await this.#fetch(this.#url(path, given.query), {
          method,
          headers: headers(token.text, key, given),
          body: given.body === undefined ? null : JSON.stringify(given.body),
          signal: AbortSignal.timeout(TIMEOUT),
        });
        text = await answer.text();
      } catch (error) {
        if (!again) throw new NoAnswer(`${method} ${path}: ${String(error)}`, key, error);
        await this.#sleep(pause(tried, null));
        continue;
      }
      if (answer.ok) return text;
      const problem = problemOf(answer.status, text, key);
      if (problem.code === "unauthorized" && !renewed) {
        renewed = true;
        tried -= 1;
        if ((await this.#token) === token) this.#token = undefined;
        continue;
      }
      const mayRepeat = AGAIN.has(answer.status) && (answer.status !== 409 || problem.code === "concurrent_request");
      if (!mayRepeat || !again) throw problem;
      await this.#sleep(pause(tried, answer.headers.get("Retry-After")));
    }
  }

  #url(path: string, query: object = {}): string {
    const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return this.#settings.apiUrl + path + (text && `?${text}`);
  }

  async #bearer(): Promise<{ text: string; ends: number }> {
    const known = await this.#token?.catch(() => undefined);
    if (known && Date.now() < known.ends) return known;
    this.#token = this.#fetchToken();
    return this.#token;
  }

  async #fetchToken(): Promise<{ text: string; ends: number }> {
    const { apiUrl, clientId, clientSecret } = this.#settings;
    const basic = btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`);
    for (let tried = 1; ; tried += 1) {
      let answer: Response;
      let text: string;
      try {
        answer = await this.#fetch(`${apiUrl}/auth/token`, {
          method: "POST",
          headers: { Authorization: `Basic ${basic}` },
          body: new URLSearchParams({ grant_type: "client_credentials" }),
          signal: AbortSignal.timeout(TIMEOUT),
        });
        text = await answer.text();
      } catch (error) {
        if (tried >= TRIES) throw new NoAnswer(`POST /auth/token: ${String(error)}`, undefined, error);
        await this.#sleep(pause(tried, null));
        continue;
      }
      if (answer.ok) {
        const told = JSON.parse(text) as { access_token: string; expires_in: number };
        return { text: told.access_token, ends: Date.now() + Math.max(0, told.expires_in - 60) * 1000 };
      }
      if (!AGAIN.has(answer.status) || tried >= TRIES) throw problemOf(answer.status, text);
      await this.#sleep(pause(tried, answer.headers.get("Retry-After")));
    }
  }
}

function headers(token: string, key: string | undefined, given: Given): Record<string, string> {
  return {
    Authorization: `Bearer ${token}`,
    Accept: "application/json, text/csv;q=0.5",
    ...(given.body === undefined ? {} : { "Content-Type": "application/json" }),
    ...(key === undefined ? {} : { "Idempotency-Key": key }),
    ...(given.ifMatch === undefined ? {} : { "If-Match": given.ifMatch }),
  };
}

/** Seconds before the next try; `Retry-After` is seconds or a date (RFC 9110). */
function pause(tried: number, asked: string | null): number {
  const wait = (0.5 + Math.random() / 2) * 0.5 * 2 ** tried;
  const seconds = asked === null ? 0 : /^\d+$/.test(asked) ? Number(asked) : (Date.parse(asked) - Date.now()) / 1000;
  return Math.min(Math.max(seconds || 0, wait), LONGEST_PAUSE);
}

function problemOf(status: number, text: string, key?: string): Problem {
  let body: ProblemBody = {};
  try {
    const told: unknown = JSON.parse(text);
    if (typeof told === "object" && told !== null) body = told;
  } catch {
    // No problem details: a proxy's own page.
  }
  return new (BY_CODE[body.code ?? ""] ?? AnyProblem)(status, body, key);
}
