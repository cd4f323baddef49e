import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { asProblem, Voice, type JoinedRoom, type RoomEvents } from './voice.svelte';

const way = { url: 'wss://rooms.test', token: 't', room: 'r' };

/** A room that does as it is told, and what was done to it. */
function rooms(microphone: () => Promise<void> = async () => {}) {
  const done: string[] = [];
  let events!: RoomEvents;
  const room: JoinedRoom = {
    setMicrophone: async (on) => {
      await microphone();
      done.push(on ? 'on' : 'off');
    },
    allowSound: async () => void done.push('sound'),
    leave: async () => void done.push('left'),
  };
  const voice = new Voice(async (_, given) => {
    events = given;
    return room;
  });
  return { voice, done, events: () => events };
}

describe('a voice in a call', () => {
  it('talks with the microphone on, is muted, and leaves', async () => {
    const { voice, done } = rooms();
    await voice.enter(async () => way, true);
    expect(voice.state).toBe('joined');
    await voice.mute(true);
    await voice.leave();
    expect([voice.state, done]).toEqual(['ended', ['on', 'off', 'left']]);
  });

  it('listens without opening the microphone', async () => {
    const { voice, done } = rooms();
    await voice.enter(async () => way, false);
    expect([voice.state, done]).toEqual(['joined', []]);
  });

  it('says what to do when the microphone is refused, and does not stay in the room', async () => {
    const refused = Object.assign(new Error('denied'), { name: 'NotAllowedError' });
    const { voice, done } = rooms(() => Promise.reject(refused));
    await voice.enter(async () => way, true);
    expect([voice.state, done]).toEqual(['failed', ['left']]);
    expect(voice.problem?.message).toContain('Allow it');
  });

  it('reads the caller’s words before their turn is over, until the agent speaks or the room is left', async () => {
    const { voice, events } = rooms();
    await voice.enter(async () => way, true);
    events().words('caller', 'two pizz', false);
    events().words('caller', 'two pizzas', false);
    expect(voice.unfinished).toBe('two pizzas');
    events().words('agent', 'Which ones?', true);
    expect(voice.unfinished).toBe('');
    events().words('caller', 'the first', false);
    await voice.leave();
    expect(voice.unfinished).toBe('');
  });

  describe('and the caller’s words', () => {
    beforeEach(() => void vi.useFakeTimers());
    afterEach(() => void vi.useRealTimers());

    it('lets go of words of which nothing came', async () => {
      const { voice, events } = rooms();
      await voice.enter(async () => way, false);
      events().words('caller', 'two', false);
      await vi.advanceTimersByTimeAsync(5000);
      events().words('caller', 'two pizzas', false);
      await vi.advanceTimersByTimeAsync(5000);
      expect(voice.unfinished).toBe('two pizzas');
      await vi.advanceTimersByTimeAsync(1000);
      expect(voice.unfinished).toBe('');
    });

    it('keeps those of a turn that is over until the log has them', async () => {
      const { voice, events } = rooms();
      await voice.enter(async () => way, false);
      events().words('caller', 'mm-hm', false);
      events().words('caller', 'Mm-hm.', true);
      expect(voice.unfinished).toBe('Mm-hm.');
      await vi.advanceTimersByTimeAsync(1000);
      expect(voice.unfinished).toBe('');
    });
  });

  it('says why the microphone cannot be opened again, and stays muted until it can', async () => {
    let there = true;
    const gone = Object.assign(new Error('raw'), { name: 'NotFoundError' });
    const { voice } = rooms(() => (there ? Promise.resolve() : Promise.reject(gone)));
    await voice.enter(async () => way, true);
    await voice.mute(true);
    there = false;
    await voice.mute(false);
    expect([voice.state, voice.muted, voice.problem?.code]).toEqual(['joined', true, 'no_microphone']);
    there = true;
    await voice.mute(false);
    expect([voice.muted, voice.problem]).toEqual([false, undefined]);
  });

  it('ends when the room does', async () => {
    const { voice, events } = rooms();
    await voice.enter(async () => way, false);
    events().ended('gone');
    expect(voice.state).toBe('ended');
  });

  it('says why a room could not be joined, though the room also says that it ended', async () => {
    const voice = new Voice(async (_, events) => {
      events.ended('refused');
      throw Object.assign(new Error('raw'), { name: 'ConnectionError' });
    });
    await voice.enter(async () => way, true);
    expect([voice.state, voice.problem?.code]).toEqual(['failed', 'no_room']);
  });

  it('leaves a room that it comes into after it was left', async () => {
    const { voice, done } = rooms();
    const entering = voice.enter(async () => way, true);
    await voice.leave();
    await entering;
    expect([voice.state, done]).toEqual(['ended', ['left']]);
  });

  it('tells the agent from a person', async () => {
    const { voice, events } = rooms();
    await voice.enter(async () => way, false);
    events().speaking(false, false, true);
    expect([voice.meSpeaking, voice.agentSpeaking, voice.personSpeaking]).toEqual([false, false, true]);
    await voice.leave();
    expect(voice.personSpeaking).toBe(false);
  });

  it('hears nothing of a room that it has left', async () => {
    const { voice, events } = rooms();
    await voice.enter(async () => way, false);
    const before = events();
    await voice.leave();
    before.company(true);
    expect(voice.company).toBe(false);
  });
});

describe('what went wrong', () => {
  it.each(['NotAllowedError', 'NotFoundError', 'ConnectionError'])('%s is told with a remedy', (name) => {
    const problem = asProblem(Object.assign(new Error('raw'), { name }));
    expect(problem.message).not.toContain('raw');
  });
});
