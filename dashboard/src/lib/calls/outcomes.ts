/** How an outcome looks. Flows name their own; only what is known to be bad is coloured. */

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad';

const bad = new Set(['failed', 'error', 'line_failed', 'line_lost', 'crashed', 'trouble', 'too_long']);
const warn = new Set(['hung_up', 'caller_hung_up', 'abandoned', 'gave_up', 'nobody', 'silent', 'unclear']);
const accent = new Set(['transferred', 'escalated', 'connected', 'supervised', 'person']);

export function toneOf(outcome: string | null): Tone {
  if (outcome === null) return 'accent';
  if (bad.has(outcome)) return 'bad';
  if (warn.has(outcome)) return 'warn';
  return accent.has(outcome) ? 'accent' : 'good';
}

/** `caller_hung_up` as `caller hung up`. */
export function words(name: string): string {
  return name.replaceAll('_', ' ');
}

const lines: Readonly<Record<string, string>> = {
  livekit: 'Voice',
  text: 'Text',
  wav: 'Sound file',
};

/** What a call runs on. */
export function versionOf(version: number): string {
  return version < 0 ? 'a tried draft' : `version ${version}`;
}

/** Who calls. */
export function callerOf(call: { caller: string; trial?: boolean }): string {
  return call.caller || (call.trial ? 'A trial' : 'Unknown caller');
}

/** What carried a call. */
export function lineOf(line: string): string {
  return lines[line] ?? line;
}

/** How a wait feels to a caller: the limits are those of the project's own aim, 800 ms, and of what is noticed as slow. */
export function waitTone(ms: number | null | undefined): 'neutral' | 'good' | 'warn' | 'bad' {
  if (ms == null) return 'neutral';
  if (ms <= 800) return 'good';
  return ms <= 1500 ? 'warn' : 'bad';
}
