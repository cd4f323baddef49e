import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Supervision } from './supervision.svelte';
import { TakeOver } from './take_over.svelte';
import { Voice, type RoomEvents } from './voice.svelte';

/** A call that does as it is told, and what it was told. */
function call(microphone: () => Promise<void> = async () => {}, taken = Promise.resolve()) {
  const told: string[] = [];
  let events!: RoomEvents;
  const supervision = new Supervision({
    supervise: async ({ action }) => ({ id: told.push(action) }),
    takeOver: async () => {
      await taken;
      return { id: told.push('take_over'), join: { url: 'wss://rooms.test', token: 't', room: 'r' } };
    },
    renew: async () => void told.push('renew'),
    listen: () => Promise.reject(new Error('not asked for')),
  });
  const voice = new Voice(async (_, given) => {
    events = given;
    return { setMicrophone: microphone, allowSound: async () => {}, leave: async () => {} };
  });
  const shown = { supervision };
  return { talk: new TakeOver(() => shown.supervision, voice), told, shown, events: () => events };
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

  it('goes back to the agent at once when the page is left, though another call is shown by then', async () => {
    const { talk, told, shown } = call();
    const another = call();
    await talk.begin();
    shown.supervision = another.shown.supervision;
    await talk.leave();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([told, another.told, talk.voice.state]).toEqual([['take_over', 'hand_back'], [], 'ended']);
  });

  it.each(['leave', 'handBack'] as const)('goes back by %s before it was got', async (way) => {
    let got!: () => void;
    const { talk, told } = call(undefined, new Promise<void>((done) => (got = done)));
    const begun = talk.begin();
    await talk[way]();
    expect(told).toEqual([]);
    got();
    await begun;
    expect(told).toEqual(['take_over', 'hand_back']);
  });

  it('goes back once when it is left while the microphone is waited for', async () => {
    let given!: () => void;
    const { talk, told } = call(() => new Promise<void>((done) => (given = done)));
    const begun = talk.begin();
    await vi.waitUntil(() => given !== undefined);
    await talk.leave();
    given();
    await begun;
    expect(told).toEqual(['take_over', 'hand_back']);
  });

  it('is not given back when somebody else has it', async () => {
    const { talk, told } = call();
    await talk.begin();
    await talk.drop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([told, talk.voice.state]).toEqual([['take_over'], 'ended']);
  });

  it('is held no longer once the caller cannot be reached any more', async () => {
    const { talk, told, events } = call();
    await talk.begin();
    events().ended('network');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(told).toEqual(['take_over']);
  });
});
