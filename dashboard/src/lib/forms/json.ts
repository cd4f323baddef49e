/** JSON that a person writes. */

/** JSON, or where it breaks off in words: a line and a column. */
export function readJson(text: string): { value: unknown } | { fault: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = /position (\d+)/.exec(message);
    if (!at) return { fault: 'This is not whole JSON: a bracket or a quote is missing at the end.' };
    const before = text.slice(0, Number(at[1])).split('\n');
    return {
      fault: `This is no JSON from line ${before.length}, column ${(before.at(-1) ?? '').length + 1} on.`,
    };
  }
}
