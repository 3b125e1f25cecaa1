import { InputError } from '../scenario/input-error.js';

/** A whole number from 1 that stands behind an option. */
export function wholeNumber(option: string, text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new InputError({
    message: `${option} must be a whole number`,
    found: JSON.stringify(text),
    allowed: '1 to 9999',
  });
}
