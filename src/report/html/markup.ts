import { plain } from '../text.js';

/** HTML or SVG that is safe to write into a page. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

export type Child = Markup | string | number | null | undefined | false | readonly Child[];

/**
 * HTML or SVG from a template. Whatever is put into it is escaped, as text and between quotes alike; only what came out of
 * `markup` itself is taken as it is, so names out of files can never become elements.
 *
 * @example markup`<p title="${name}">${rows.map((row) => markup`<b>${row}</b>`)}</p>`.text
 */
export function markup(parts: TemplateStringsArray, ...children: readonly Child[]): Markup {
  let text = parts[0];
  children.forEach((child, i) => {
    text += written(child) + parts[i + 1];
  });
  return new Markup(text);
}

function written(child: Child): string {
  if (child === null || child === undefined || child === false) return '';
  if (child instanceof Markup) return child.text;
  if (typeof child === 'object') return child.map(written).join('');
  return escapeHtml(String(child));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Text as a page shows it: no markup, no control characters, nothing that turns the direction of writing. Lines stay lines.
 *
 * @example escapeHtml('<b>') // '&lt;b&gt;'
 */
export function escapeHtml(text: string): string {
  const lines = text.includes('\n') ? text.split(/\r?\n/) : [text];
  return lines
    .map(plain)
    .join('\n')
    .replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/**
 * A value as JSON inside a `<script>` element: nothing in it can end that element or begin a comment.
 *
 * @example embedJson({ name: '</script>' }).text // '{"name":"\\u003c/script>"}'
 */
export function embedJson(value: unknown): Markup {
  return new Markup(
    JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'),
  );
}
