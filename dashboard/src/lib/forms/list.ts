/** A list with what was typed added to it: parted at commas and lines, no empty ones, none twice. */
export function taken(values: readonly string[], typed: string): string[] {
  const more = typed.split(/[,\n]/).map((each) => each.trim());
  return [...new Set([...values, ...more.filter((each) => each !== '')])];
}
