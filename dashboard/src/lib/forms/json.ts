/** JSON that a person writes. */

const token = /\s*(?:[{}[\],:]|"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true\b|false\b|null\b)/y;

/** JSON, or where it breaks off in words: a line and a column. */
export function readJson(text: string): { value: unknown } | { fault: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    const at = /position (\d+)/.exec(error instanceof Error ? error.message : '');
    const place = strangeAt(text) ?? (at ? Number(at[1]) : text.length);
    if (place >= text.trimEnd().length)
      return {
        fault: unclosed(text)
          ? 'This is not whole JSON: a bracket or a quote is missing at the end.'
          : 'This is no JSON: a value, a comma or a colon is missing somewhere, or is one too many.',
      };
    const before = text.slice(0, place).split('\n');
    return {
      fault: `This is no JSON from line ${before.length}, column ${(before.at(-1) ?? '').length + 1} on.`,
    };
  }
}

/** Where something stands that is no word of JSON; browsers do not all say so. */
function strangeAt(text: string): number | undefined {
  let end = 0;
  for (token.lastIndex = 0; token.test(text); end = token.lastIndex);
  const place = end + (/^\s*/.exec(text.slice(end))?.[0].length ?? 0);
  return place < text.length ? place : undefined;
}

/** Whether a bracket is still open at the end. */
function unclosed(text: string): boolean {
  const brackets = text.replace(/"(?:[^"\\\n]|\\.)*"/g, '').match(/[{}[\]]/g) ?? [];
  return brackets.reduce((depth, bracket) => depth + ('{['.includes(bracket) ? 1 : -1), 0) > 0;
}
