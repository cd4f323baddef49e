/** Moments as people read them, in the browser's own time zone and language. */

/** `3 Dec 2026, 14:05`. */
export function moment(at: string | null | undefined, none = '–'): string {
  if (!at) return none;
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

/** `3 Dec 2026`. */
export function day(at: string | null | undefined, none = '–'): string {
  return at ? new Date(at).toLocaleDateString(undefined, { dateStyle: 'medium' }) : none;
}

const steps: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** `5 minutes ago`; `just now` under a minute. */
export function ago(at: string, now: number = Date.now()): string {
  const seconds = (now - new Date(at).getTime()) / 1000;
  for (const [unit, length] of steps)
    if (Math.abs(seconds) >= length)
      return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(
        -Math.round(seconds / length),
        unit,
      );
  return 'just now';
}
