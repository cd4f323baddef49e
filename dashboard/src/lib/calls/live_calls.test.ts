import { describe, expect, it } from 'vitest';
import { changed, doing, ended, lingers, snapshot, swept, type LiveCall } from './live_calls';

function call(id: string, seq = 1, more: Partial<LiveCall> = {}): LiveCall {
  return { id, seq, node: 'reason', waits_for: 'caller', ...more } as LiveCall;
}

describe('the calls that run', () => {
  it('stand newest first, and keep their places as they change', () => {
    let shown = snapshot([], [call('a'), call('b')]);
    shown = changed(shown, call('c'));
    shown = changed(shown, call('a', 7));
    expect(shown.map((one) => [one.call.id, one.call.seq])).toEqual([
      ['c', 1],
      ['b', 1],
      ['a', 7],
    ]);
  });

  it('do not go back in time', () => {
    const shown = changed(snapshot([], [call('a', 9)]), call('a', 3));
    expect(shown[0]?.call.seq).toBe(9);
  });

  it('stay a moment after their end, even through a new list, and then go', () => {
    let shown = ended(snapshot([], [call('a'), call('b')]), 'a', 'served', 1000);
    shown = snapshot(shown, [call('b', 4)]);
    expect(shown.map((one) => one.ended?.outcome)).toEqual([undefined, 'served']);
    expect(swept(shown, 1000 + lingers - 1)).toBe(shown);
    expect(swept(shown, 1000 + lingers).map((one) => one.call.id)).toEqual(['b']);
  });

  it('are told by what they wait for', () => {
    const nowhere = { node: '', waits_for: '' } as const;
    expect([
      doing(call('a', 1, { agent_said: 'How can I help?' })),
      doing(call('a', 1, { ...nowhere, agent_said: '' })),
      doing(call('a', 1, { ...nowhere, agent_said: 'Goodbye.' })),
    ]).toEqual(['Listening', 'Beginning', 'Ending']);
  });
});
