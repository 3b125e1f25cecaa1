import { InputError } from '../scenario/input-error.js';
import { LineReader } from './lines.js';

/**
 * Reads one column of token counts from a CSV file with a header line. Fields may stand in quotes (doubled inside), a line
 * end inside quotes is not supported, blank lines are skipped.
 *
 * @param chunks the text of the file
 * @param file its name, for messages
 * @param column name of the column in the header
 * @returns the counts in the order of the file, whole and at least 1
 * @example
 * readTokenColumn(['input,output\n10,20\n'], 'lengths.csv', 'output'); // Float64Array [20]
 */
export function readTokenColumn(chunks: Iterable<string>, file: string, column: string): Float64Array {
  const lines = new LineReader(chunks, file);
  const header = lines.nextFilled() ? splitCsvLine(lines.line) : undefined;
  if (header === undefined) throw new InputError({ message: 'the file is empty or its header is broken', file });
  const index = header.indexOf(column);
  if (index < 0) {
    throw new InputError({ message: 'no such column', found: column, allowed: header.join(', '), file, line: 1 });
  }

  let values = new Float64Array(1024);
  let count = 0;
  while (lines.nextFilled()) {
    const fields = splitCsvLine(lines.line);
    if (fields?.length !== header.length) {
      throw new InputError({
        message: fields === undefined ? 'a quote is never closed' : 'wrong number of columns',
        found: fields === undefined ? shorten(lines.line) : String(fields.length),
        allowed: String(header.length),
        file,
        line: lines.number,
      });
    }
    const text = fields[index].trim();
    const value = text === '' ? Number.NaN : Number(text);
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new InputError({
        message: `column "${column}" holds no number of tokens`,
        found: shorten(text),
        allowed: 'a whole number, at least 1',
        file,
        line: lines.number,
      });
    }
    if (count === values.length) {
      const longer = new Float64Array(2 * count);
      longer.set(values);
      values = longer;
    }
    values[count++] = value;
  }
  if (count === 0) throw new InputError({ message: 'the file has a header but no rows', file });
  return values.slice(0, count);
}

/** The fields of one line; undefined where a quote is never closed. */
export function splitCsvLine(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  const fields: string[] = [];
  let position = 0;
  for (;;) {
    let field = '';
    if (line[position] === '"') {
      position += 1;
      for (;;) {
        const quote = line.indexOf('"', position);
        if (quote < 0) return undefined;
        field += line.slice(position, quote);
        position = quote + 1;
        if (line[position] !== '"') break;
        field += '"';
        position += 1;
      }
    }
    const comma = line.indexOf(',', position);
    fields.push(field + line.slice(position, comma < 0 ? line.length : comma));
    if (comma < 0) return fields;
    position = comma + 1;
  }
}

/** A value as it may stand in a message: quoted, and cut where a broken file puts a whole page into one field. */
export function shorten(text: string): string {
  return `"${text.length > 60 ? `${text.slice(0, 60)}...` : text}"`;
}
