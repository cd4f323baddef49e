/** What a new password must be, as the server has it. */

/** Characters. */
export const shortest = 12;

export function faultOfPassword(password: string): string | undefined {
  return password.length < shortest ? `At least ${shortest} characters.` : undefined;
}

export function faultOfRepeat(password: string, again: string): string | undefined {
  return again === password ? undefined : 'The two passwords differ.';
}
