/** Rows of a table on a page; all of them are in the files that the report was made from. */
export const MOST_ROWS = 25;
