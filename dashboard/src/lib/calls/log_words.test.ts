import { describe, expect, it } from 'vitest';
import { gistOf, titleOf, type LogRecord } from './log_words';

const gist = (kind: LogRecord['kind'], type: string, data: LogRecord['data']) => gistOf({ kind, type, data });

describe('a record', () => {
  it('has a title, even of a type that is newer than this page', () => {
    expect([titleOf({ type: 'caller_spoke' }), titleOf({ type: 'ears_lost' })]).toEqual([
      'Caller spoke',
      'Ears lost',
    ]);
  });

  it.each([
    ['token', 'exit', { node: 'reason', exit: 'order' }, 'reason → order'],
    ['event', 'looked_up', { found: false, result: null }, 'nothing'],
    [
      'event',
      'answered',
      { answer: { choice: 'order', slots: [{ slot: 'size', value: 'large' }], decided_by: 'rules' } },
      'order · size large · by rules',
    ],
    ['event', 'answered', { answer: null }, ''],
    ['note', 'first_word', { connected_ms: 90, first_sent_ms: 400 }, 'connected ms 90 · first sent ms 400'],
    ['effect', 'listen', { expectation: {} }, ''],
  ] as const)('%s %s is told by what matters', (kind, type, data, told) => {
    expect(gist(kind, type, data as unknown as LogRecord['data'])).toBe(told);
  });
});
