/** What the doctor found: the worst first, and the command in what would help. */
import type { Schema } from '$lib/api';

export type Finding = Schema<'FindingFacts'>;

const order = ['bad', 'note', 'good'];

export const marks: Record<string, { word: string; tone: 'good' | 'warn' | 'bad' | 'neutral' }> = {
  good: { word: 'In order', tone: 'good' },
  note: { word: 'Worth knowing', tone: 'warn' },
  bad: { word: 'Missing', tone: 'bad' },
};

export function worstFirst(findings: readonly Finding[]): Finding[] {
  const place = ({ state }: Finding) => (order.includes(state) ? order.indexOf(state) : order.length);
  return [...findings].sort((a, b) => place(a) - place(b));
}

/** A remedy in pieces: words, and commands to be copied. */
export function remedyParts(remedy: string): { text: string; command: boolean }[] {
  return remedy
    .split(/(`[^`]+`)/)
    .filter(Boolean)
    .map((part) =>
      part.startsWith('`') ? { text: part.slice(1, -1), command: true } : { text: part, command: false },
    );
}

/** What is said at the top. */
export function verdict(findings: readonly Finding[]): {
  title: string;
  tone: 'good' | 'warn' | 'bad' | 'neutral';
} {
  if (findings.length === 0) return { title: 'Not looked at', tone: 'neutral' };
  const count = (state: string) => findings.filter((each) => each.state === state).length;
  const [bad, note] = [count('bad'), count('note')];
  if (bad) return { title: bad === 1 ? 'One thing is missing' : `${bad} things are missing`, tone: 'bad' };
  if (note) return { title: 'Calls can be taken; some things are worth knowing', tone: 'warn' };
  return { title: 'Everything is in order', tone: 'good' };
}
