import { describe, expect, it } from 'vitest';
import { remedyParts, verdict, worstFirst } from './findings';

const finding = (name: string, state: string) => ({ name, state, found: '', remedy: '' });
const findings = [finding('database', 'good'), finding('livekit', 'bad'), finding('routes', 'note')];

describe('the doctor’s findings', () => {
  it('stand the worst first', () => {
    expect(worstFirst(findings).map(({ name }) => name)).toEqual(['livekit', 'routes', 'database']);
  });

  it('come to a verdict', () => {
    expect(verdict(findings).title).toBe('One thing is missing');
    expect(verdict([finding('database', 'good')]).tone).toBe('good');
    expect(verdict([]).title).toBe('Not looked at');
  });

  it('tell the command that helps apart from the words', () => {
    expect(remedyParts('Run `scripts/setup` again.')).toEqual([
      { text: 'Run ', command: false },
      { text: 'scripts/setup', command: true },
      { text: ' again.', command: false },
    ]);
  });
});
