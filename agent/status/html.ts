const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Markup that was made by `html` and not by a device. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Html | readonly Html[];

/** Markup with everything put into it escaped, save what is markup already. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const pieces = strings.flatMap((literal, i) => [
    literal,
    i < parts.length ? show(parts[i] as Part) : "",
  ]);
  return new Html(pieces.join(""));
}

function show(part: Part): string {
  if (part instanceof Html) return part.text;
  if (Array.isArray(part)) return part.map((one: Html) => one.text).join("");
  return escapeText(String(part));
}

function escapeText(text: string): string {
  // Control and direction characters of a device's own text could make a line of the page read as another.
  return text
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "\u00b7");
}

/** Text of our own that is markup as it stands. Never for anything that came from outside. */
export function raw(text: string): Html {
  return new Html(text);
}
