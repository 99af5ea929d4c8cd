import type { Login } from "./link.ts";

/** How a text is written inside another so that it stays what it is. */
export type Escape = (text: string) => string;

/** Inside a JSON string. */
const inJson: Escape = (text) => JSON.stringify(text).slice(1, -1);
/** Inside a URL or a form. */
export const inUrl: Escape = (text) => encodeURIComponent(text.toWellFormed());

/** Puts a login in place of `{username}` and `{password}`; what is not given is empty. */
export function withLogin(template: string, login: Login, written: Escape): string {
  return template.replaceAll(/\{(username|password)\}/g, (_whole, name: "username" | "password") =>
    written(login[name] ?? ""),
  );
}

/** Puts a login into the body of a request, by what the body is: JSON where it begins with `{`, else a form. */
export function bodyWithLogin(template: string, login: Login): string {
  return withLogin(template, login, template.startsWith("{") ? inJson : inUrl);
}
