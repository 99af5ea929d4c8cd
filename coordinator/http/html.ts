/** Markup: what is in it is escaped already. */
export interface Html {
  readonly markup: string;
}

type Piece = string | number | bigint | Html | readonly Html[] | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as markup. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

function markupOf(piece: Piece): string {
  if (piece === undefined) return "";
  if (typeof piece !== "object") return escaped(String(piece));
  return "markup" in piece ? piece.markup : piece.map(({ markup }) => markup).join("");
}

/** Markup from a template: what is put in is escaped unless it is markup itself; undefined is nothing. */
export function html(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return {
    markup: parts.map((part, i) => part + (i < pieces.length ? markupOf(pieces[i]) : "")).join(""),
  };
}
