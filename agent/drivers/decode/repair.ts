/** What a scan of almost-JSON gives: text with its commas, strings and numbers put right, and whether it ended. */
export interface Repaired {
  readonly text: string;
  /** False where the text stops inside the outermost brackets or inside a string: a cut reply, not to be completed. */
  readonly complete: boolean;
}

const NO_NUMBER = /^[+-]?(nan|inf|infinity)$/i;
const WORD = /[^\s,:[\]{}"]+/y;

/**
 * Puts right what cgminer firmware is known to get wrong between tokens, and nothing inside strings but raw control
 * characters: missing commas (`}{`), leading, doubled and trailing ones, `nan`, `inf` and a value left out (null), and what follows the
 * end of the reply. Token by token, since a pattern over the whole text would also change what stands in strings.
 */
export function repair(text: string): Repaired {
  return new Scan(text).run();
}

class Scan {
  readonly #text: string;
  readonly #out: string[] = [];
  readonly #open: string[] = [];
  #at = 0;
  /** The last token written ended a value, so that another value needs a comma first. */
  #valueEnded = false;
  #commaDue = false;
  /** A colon was written and nothing behind it. */
  #valueDue = false;

  constructor(text: string) {
    this.#text = text;
  }

  run(): Repaired {
    while (this.#at < this.#text.length) {
      if (!this.#token(this.#text.charAt(this.#at))) return this.#result(false);
      if (this.#out.length > 0 && this.#open.length === 0) return this.#result(true);
    }
    return this.#result(false);
  }

  #result(complete: boolean): Repaired {
    return { text: this.#out.join(""), complete };
  }

  /** Takes one token; false where the text cannot go on. */
  #token(char: string): boolean {
    if (char === "{" || char === "[") return this.#opening(char);
    // Before the first bracket only blanks: a reply that begins otherwise is something else.
    if (this.#open.length === 0 && !/\s/.test(char)) return false;
    if (char === "}" || char === "]") return this.#closing(char);
    if (char === '"') return this.#string();
    if (char === ",") this.#comma();
    else if (char === ":") this.#colon();
    else if (!/\s/.test(char)) return this.#word();
    this.#at += 1;
    return true;
  }

  #comma(): void {
    this.#nothing();
    this.#commaDue = this.#valueEnded;
  }

  /** Where a value should stand and none does. */
  #nothing(): void {
    if (this.#valueDue) this.#value("null", true);
  }

  #value(token: string, ended: boolean): void {
    if (this.#valueEnded || this.#commaDue) this.#out.push(",");
    this.#out.push(token);
    this.#valueEnded = ended;
    this.#commaDue = false;
    this.#valueDue = false;
  }

  #opening(char: string): boolean {
    this.#value(char, false);
    this.#open.push(char);
    this.#at += 1;
    return true;
  }

  #closing(char: string): boolean {
    this.#nothing();
    if (this.#open.pop() !== (char === "}" ? "{" : "[")) return false;
    this.#out.push(char);
    this.#valueEnded = true;
    this.#commaDue = false;
    this.#at += 1;
    return true;
  }

  #colon(): void {
    this.#out.push(":");
    this.#valueEnded = false;
    this.#commaDue = false;
    this.#valueDue = true;
  }

  #word(): boolean {
    WORD.lastIndex = this.#at;
    const [word = ""] = WORD.exec(this.#text) ?? [];
    this.#value(NO_NUMBER.test(word) ? "null" : word, true);
    this.#at += word.length;
    return word !== "";
  }

  #string(): boolean {
    const end = endOfString(this.#text, this.#at + 1);
    if (end === undefined) return false;
    this.#value(escapeControls(this.#text.slice(this.#at, end)), true);
    this.#at = end;
    return true;
  }
}

/** Index behind the closing quote, or undefined where the text stops before it. */
function endOfString(text: string, from: number): number | undefined {
  for (let at = from; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === "\\") at += 1;
    else if (char === '"') return at + 1;
  }
  return undefined;
}

function escapeControls(quoted: string): string {
  return quoted.replaceAll(
    /\p{Cc}/gu,
    (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
