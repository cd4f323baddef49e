import { describe, expect, it } from 'vitest';
import type { Handlers } from '$lib/live.svelte';
import type { LiveCall, LiveEntry, LiveEvents } from './live_calls';
import { Talking } from './talking.svelte';
import { Voice, type JoinedRoom } from './voice.svelte';

const way = { url: 'wss://rooms.test', token: 't', room: 'ours' };

/** A call whose project is watched by hand. */
function talk(begin: () => Promise<typeof way> = async () => way) {
  let told!: Handlers<LiveEvents>;
  const done: string[] = [];
  const room: JoinedRoom = {
    setMicrophone: async () => {},
    allowSound: async () => {},
    leave: async () => void done.push('left'),
  };
  const talking = new Talking(
    (handlers) => {
      told = handlers;
      done.push('watched');
      return () => void done.push('unwatched');
    },
    new Voice(async () => room),
  );
  const entry = (call: string, seq: number, type: string, data: Record<string, unknown>) =>
    told.entry?.({ call, seq, at: '2026-11-22T14:05:07Z', kind: 'note', type, data } as LiveEntry);
  const spoke = (call: string, seq: number, text: string) =>
    told.entry?.({ call, seq, at: '', kind: 'event', type: 'caller_spoke', data: { text } });
  const stands = (id: string, node: string) =>
    told.call_changed?.({ call: { id, node, flow_now: 'support' } as LiveCall });
  return { talking, done, entry, spoke, stands, start: () => talking.start(begin) };
}

describe('a call from this browser', () => {
  it('is known by its room among all calls of the project', async () => {
    const { talking, entry, spoke, stands, start } = talk();
    await start();
    entry('another', 0, 'room', { room: 'theirs' });
    spoke('another', 1, 'not here');
    entry('mine', 0, 'room', { room: 'ours' });
    spoke('mine', 1, 'hello');
    stands('another', 'elsewhere');
    stands('mine', 'reason');
    expect([talking.call, talking.standing?.node]).toEqual(['mine', 'reason']);
    expect(talking.picture.captions.map((one) => one.text)).toEqual(['hello']);
  });

  it('keeps what was said when it is hung up, and hears the last of it', async () => {
    const { talking, entry, spoke, start, done } = talk();
    await start();
    entry('mine', 0, 'room', { room: 'ours' });
    await talking.stop();
    spoke('mine', 1, 'bye');
    expect(talking.picture.captions.map((one) => one.text)).toEqual(['bye']);
    expect([talking.standing, done]).toEqual([undefined, ['watched', 'left']]);
  });

  it('begins anew with nothing of the one before', async () => {
    const { talking, entry, spoke, start, done } = talk();
    await start();
    entry('mine', 0, 'room', { room: 'ours' });
    spoke('mine', 1, 'hello');
    await start();
    expect([talking.call, talking.picture.captions, done]).toEqual([
      '',
      [],
      ['watched', 'unwatched', 'left', 'watched'],
    ]);
  });

  it('says why it could not be begun', async () => {
    const { talking, start } = talk(() => Promise.reject(new Error('The draft has errors.')));
    await start();
    expect([talking.voice.state, talking.problem?.message]).toEqual(['failed', 'The draft has errors.']);
  });
});
