import { describe, expect, it, vi } from 'vitest';
import { Refused, type Texts } from './api';
import { Call, type State } from './call';
import { microphone } from './microphone';
import type { RoomEvents } from './room';

const TEXTS: Texts = { title: 'Call the shop', consent: 'A machine answers.', captions: true, language: 'en' };

function made(change: { microphone?: () => Promise<MediaStream>; ticket?: () => Promise<never> } = {}) {
  const track = { enabled: true, stop: vi.fn() };
  const stream = { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;
  const room = { mute: vi.fn(), sound: vi.fn(), leave: vi.fn() };
  const seen: State[] = [];
  let events: RoomEvents | undefined;
  const call = new Call(
    {
      api: {
        texts: () => Promise.resolve(TEXTS),
        ticket: change.ticket ?? (() => Promise.resolve({ url: 'ws://here', token: 't' })),
      },
      microphone: change.microphone ?? (() => Promise.resolve(stream)),
      join: (_ticket, _microphone, _sounds, told) => {
        events = told;
        return Promise.resolve(room);
      },
      sounds: document.createElement('div'),
      patience: 1000,
    },
    (state) => seen.push(state),
  );
  const begun = async (): Promise<RoomEvents> => {
    await call.load();
    call.open();
    await call.start();
    return events as RoomEvents;
  };
  return { call, track, room, seen, begun };
}

describe('a call', () => {
  it('asks for consent, rings, talks, mutes and is hung up, and gives the microphone back', async () => {
    const { call, track, room, seen, begun } = made();
    const events = await begun();
    expect(call.state.said).toBe('Ringing …');
    events.answered();
    expect(call.state.phase).toBe('talking');
    call.mute();
    expect(room.mute).toHaveBeenCalledWith(true);
    call.hangUp();
    expect(room.leave).toHaveBeenCalledOnce();
    expect(track.stop).toHaveBeenCalledOnce();
    expect(call.state).toMatchObject({ phase: 'ready', said: 'The call is over.', fault: false, muted: false });
    expect([...new Set(seen.map((one) => one.phase))]).toEqual(['ready', 'consent', 'connecting', 'talking']);
  });

  it('begins only after consent', async () => {
    const { call, room } = made();
    await call.load();
    await call.start();
    expect(call.state.phase).toBe('ready');
    expect(room.leave).not.toHaveBeenCalled();
  });

  it('says why when the microphone is refused, and asks for no ticket', async () => {
    const refused = vi.fn(() => Promise.reject(new Refused('The microphone was refused.')));
    const ticket = vi.fn();
    const { call, begun } = made({ microphone: refused, ticket });
    await begun();
    expect(call.state).toMatchObject({ phase: 'ready', said: 'The microphone was refused.', fault: true });
    expect(ticket).not.toHaveBeenCalled();
  });

  it('says what the server says when all lines are busy, and lets the microphone go', async () => {
    const { call, track, begun } = made({ ticket: () => Promise.reject(new Refused('All lines are busy.')) });
    await begun();
    expect(call.state).toMatchObject({ said: 'All lines are busy.', fault: true });
    expect(track.stop).toHaveBeenCalledOnce();
  });

  it('tells a lost connection from a call that is over', async () => {
    for (const [lost, said] of [
      [true, 'The connection was lost.'],
      [false, 'The call is over.'],
    ] as const) {
      const { call, begun } = made();
      (await begun()).ended(lost);
      expect(call.state).toMatchObject({ phase: 'ready', said, fault: lost });
    }
  });

  it('gives up when nobody answers', async () => {
    vi.useFakeTimers();
    const { call, room, begun } = made();
    await begun();
    await vi.advanceTimersByTimeAsync(1000);
    expect(call.state.said).toBe('Nobody answered. Please try again later.');
    expect(room.leave).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  it('stops a microphone that comes after the visitor hung up', async () => {
    let give: (stream: MediaStream) => void = () => undefined;
    const { call, track } = made({ microphone: () => new Promise((resolve) => (give = resolve)) });
    await call.load();
    call.open();
    const starting = call.start();
    call.hangUp();
    give({ getTracks: () => [track] } as unknown as MediaStream);
    await starting;
    expect(track.stop).toHaveBeenCalledOnce();
    expect(call.state.phase).toBe('ready');
  });

  it('shows the latest words of each caption, and nothing of a call before', async () => {
    const { call, begun } = made();
    const events = await begun();
    events.caption('a', true, 'I would');
    events.caption('b', false, 'Yes?');
    events.caption('a', true, 'I would like pizza');
    expect(call.state.captions.map((one) => one.text)).toEqual(['I would like pizza', 'Yes?']);
    call.hangUp();
    events.caption('a', true, 'late');
    expect(call.state.captions).toHaveLength(2);
  });
});

describe('the microphone', () => {
  it.each([
    ['NotAllowedError', 'refused'],
    ['NotFoundError', 'No microphone was found'],
    ['NotReadableError', 'another program'],
    ['OverconstrainedError', 'cannot be used'],
  ])('%s is said plainly', async (name, said) => {
    const devices = { getUserMedia: () => Promise.reject(new DOMException('', name)) };
    await expect(microphone(devices as unknown as MediaDevices)).rejects.toThrow(said);
  });

  it('that a page cannot have is said plainly', async () => {
    await expect(microphone(undefined)).rejects.toThrow('needs https');
  });
});
