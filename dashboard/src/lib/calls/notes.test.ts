import { describe, expect, it } from 'vitest';
import { noteLines } from './notes';

describe('the notes above a call', () => {
  const note = (type: string, data = {}) => ({ seq: 1, at: '', type, data });

  it('are those that explain why it went wrong', () => {
    const lines = noteLines([note('caller_muted'), note('recording_stopped', { why: 'The disk is full.' })]);
    expect(lines.map((one) => one.text)).toEqual(['The recording ends before the call: The disk is full.']);
  });

  it('are whole sentences, even where no reason was kept', () => {
    expect(noteLines([note('session_failed')])[0]?.text).toMatch(/\.$/);
  });
});
