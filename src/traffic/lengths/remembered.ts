/** Answers kept at a time. */
const MOST = 1000;

/**
 * A function of plain data that computes the same answer once: runs of a sweep ask the same of the same lengths again and
 * again.
 *
 * @param compute must depend on nothing else
 * @example const note = remembered(truncationNote);
 */
export function remembered<Argument, Answer>(compute: (argument: Argument) => Answer): (argument: Argument) => Answer {
  const known = new Map<string, Answer>();
  return (argument) => {
    const key = JSON.stringify(argument);
    const answer = known.has(key) ? (known.get(key) as Answer) : compute(argument);
    if (known.size === MOST) known.clear();
    known.set(key, answer);
    return answer;
  };
}
