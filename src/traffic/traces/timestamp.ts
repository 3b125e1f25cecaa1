/**
 * Times such as `2023-11-16 18:17:03.9799600` or `2024-05-10T00:00:00.00993+02:00`, to the nanosecond: Date stops at
 * milliseconds, which would give a bursty trace gaps of zero. Without a zone the time counts as UTC.
 *
 * A parser is reused for all rows of a file: it allocates nothing and looks the calendar up only when the day changes.
 *
 * @example
 * const time = new TimestampParser();
 * time.parse('1970-01-01 00:00:01.5', 21); // true
 * time.wholeSeconds; // 1
 * time.nanoseconds; // 500000000
 */
export class TimestampParser {
  /** Seconds since 1970, whole. */
  wholeSeconds = 0;
  /** What comes on top, 0 to 999999999. */
  nanoseconds = 0;
  private day = -1;
  private dayStartSeconds = 0;

  /** Parses `text` from 0 to `end`; false, leaving the fields as they were, where that is no time. */
  parse(text: string, end: number): boolean {
    const separator = text.charCodeAt(10);
    if (
      end < 19 ||
      text.charCodeAt(4) !== 45 /* - */ ||
      text.charCodeAt(7) !== 45 ||
      (separator !== 32 /* space */ && separator !== 84) /* T */ ||
      text.charCodeAt(13) !== 58 /* : */ ||
      text.charCodeAt(16) !== 58
    ) {
      return false;
    }
    const hour = twoDigits(text, 11);
    const minute = twoDigits(text, 14);
    const second = twoDigits(text, 17);
    // A NaN fails every comparison.
    if (!(hour <= 23 && minute <= 59 && second <= 59) || !this.findDay(text)) return false;

    let position = 19;
    let nanoseconds = 0;
    if (position < end && text.charCodeAt(position) === 46 /* . */) {
      let unit = 1e9;
      for (position += 1; position < end; position++) {
        const digit = text.charCodeAt(position) - 48;
        if (digit < 0 || digit > 9) break;
        unit /= 10;
        nanoseconds += digit * unit;
      }
      if (unit < 1 || unit === 1e9) return false;
    }
    const zone = zoneSeconds(text, position, end);
    if (Number.isNaN(zone)) return false;

    this.wholeSeconds = this.dayStartSeconds + 3600 * hour + 60 * minute + second - zone;
    this.nanoseconds = nanoseconds;
    return true;
  }

  private findDay(text: string): boolean {
    const year = 100 * twoDigits(text, 0) + twoDigits(text, 2);
    const month = twoDigits(text, 5);
    const dayOfMonth = twoDigits(text, 8);
    const day = 10_000 * year + 100 * month + dayOfMonth;
    if (day === this.day) return true;
    // Date takes 31 February for 2 March; a day that does not come back as it went in does not exist.
    const date = new Date(Date.UTC(year, month - 1, dayOfMonth));
    if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== dayOfMonth) {
      return false;
    }
    this.day = day;
    this.dayStartSeconds = date.getTime() / 1000;
    return true;
  }
}

/** NaN where one of the two is no digit. */
function twoDigits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}

/** Offset from UTC written at `at` (nothing, `Z`, `+02:00`, `-0530`, `+02`); NaN where it is something else. */
function zoneSeconds(text: string, at: number, end: number): number {
  if (at === end) return 0;
  const sign = text.charCodeAt(at);
  if (sign === 90 /* Z */) return at + 1 === end ? 0 : Number.NaN;
  if (sign !== 43 /* + */ && sign !== 45 /* - */) return Number.NaN;
  const colon = text.charCodeAt(at + 3) === 58 ? 1 : 0;
  const minutesAt = at + 3 + colon;
  const hours = twoDigits(text, at + 1);
  const minutes = end === at + 3 ? 0 : end === minutesAt + 2 ? twoDigits(text, minutesAt) : Number.NaN;
  const seconds = hours <= 23 && minutes <= 59 ? 3600 * hours + 60 * minutes : Number.NaN;
  return sign === 45 ? -seconds : seconds;
}
