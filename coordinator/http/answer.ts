/** What a route answers, before it becomes bytes. */
export interface Answer {
  readonly status: number;
  readonly type: "application/json" | "text/html";
  readonly body: string | Buffer;
  /** Anybody may read it from any page: what tokens' records are for. */
  readonly open?: boolean;
  /** How long others may keep it: not at all, or for good where it never changes. A moment when left out, of what is open. */
  readonly keep?: "never" | "long";
  readonly headers?: Readonly<Record<string, string>>;
}

/** JSON with big integers as decimal text. */
export function json(value: unknown, status = 200): Answer {
  const body = JSON.stringify(value, (_key, member: unknown) =>
    typeof member === "bigint" ? member.toString() : member,
  );
  return { status, type: "application/json", body: `${body}\n` };
}

/** A page. */
export function page(body: string): Answer {
  return { status: 200, type: "text/html", body };
}

/** A refusal as JSON: a code for programs and a sentence for people. */
export function problem(
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { ...json({ error: { code, message } }, status), headers };
}

/** The refusal of what is not there. */
export const notFound = (what: string): Answer => problem(404, "not-found", `There is no ${what}.`);

/** A query or path that cannot be read; becomes a 400 with its message. */
export class BadRequest extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BadRequest";
  }
}
