import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Supervision } from './supervision.svelte';
import { TakeOver } from './take_over.svelte';
import { Voice, type RoomEvents } from './voice.svelte';

/** A call that does as it is told, and what it was told. */
function call(microphone: () => Promise<void> = async () => {}) {
  const told: string[] = [];
  let events!: RoomEvents;
  const supervision = new Supervision({
    supervise: async ({ action }) => ({ id: told.push(action) }),
    takeOver: async () => ({
      id: told.push('take_over'),
      join: { url: 'wss://rooms.test', token: 't', room: 'r' },
    }),
    renew: async () => void told.push('renew'),
    listen: () => Promise.reject(new Error('not asked for')),
  });
  const voice = new Voice(async (_, given) => {
    events = given;
    return { setMicrophone: microphone, allowSound: async () => {}, leave: async () => {} };
  });
  return { talk: new TakeOver(() => supervision, voice), told, events: () => events };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a call that is taken over', () => {
  it('is held until it is handed back', async () => {
    const { talk, told } = call();
    await talk.begin();
    await vi.advanceTimersByTimeAsync(11_000);
    await talk.handBack();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([told, talk.voice.state]).toEqual([['take_over', 'renew', 'renew', 'hand_back'], 'ended']);
  });

  it('goes back to the agent at once when the microphone is refused', async () => {
    const { talk, told } = call(() => Promise.reject(new Error('denied')));
    await talk.begin();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([told, talk.voice.state]).toEqual([['take_over', 'hand_back'], 'failed']);
  });

  it('is held no longer once the caller cannot be reached any more', async () => {
    const { talk, told, events } = call();
    await talk.begin();
    events().ended('network');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual(['take_over']);
  });
});
