/** Conversions of time that money and energy share. A year has 365.25 days, so that leap years are averaged. */
export const SECONDS_PER_HOUR = 3600;
export const HOURS_PER_YEAR = 365.25 * 24;
export const MONTHS_PER_YEAR = 12;
export const HOURS_PER_MONTH = HOURS_PER_YEAR / MONTHS_PER_YEAR;
