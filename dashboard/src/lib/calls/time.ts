/** Times and durations as people read them. */

/** `0:07`, `1:33`, `1:02:05`: how long a call lasts. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number: number) => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** `640 ms`, `1.24 s`: how long something took. */
export function took(ms: number | null | undefined): string {
  if (ms == null) return '–';
  if (Math.abs(ms) < 1000) return `${Math.round(ms)} ms`;
  return `${(ms / 1000).toFixed(Math.abs(ms) < 10_000 ? 2 : 1)} s`;
}

/** `4 s`, `2 min`, `3 h`: how long ago, or since when, in the largest unit that tells enough. */
export function span(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min`;
  return whole < 86_400 ? `${Math.floor(whole / 3600)} h` : `${Math.floor(whole / 86_400)} d`;
}

/** `1 h 5 min`, `12 min`: an amount of talk. */
export function minutes(amount: number): string {
  const whole = Math.round(amount);
  return whole < 60 ? `${whole} min` : `${Math.floor(whole / 60).toLocaleString()} h ${whole % 60} min`;
}

/** Seconds from one moment to another: ISO 8601, or milliseconds. */
export function between(from: string | number, to: string | number): number {
  return (Number(new Date(to)) - Number(new Date(from))) / 1000;
}

/** `14:05`, with the day where it is not today's: when a call began. */
export function moment(iso: string, now: Date = new Date()): string {
  const at = new Date(iso);
  const time = at.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  if (at.toDateString() === now.toDateString()) return time;
  const year = at.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return `${at.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year })}, ${time}`;
}

/** The whole moment, for a tooltip or a call's page. */
export function fullMoment(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** `14:05:07`: a line of a log. */
export function second(iso: string): string {
  return new Date(iso).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
}
