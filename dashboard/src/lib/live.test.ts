import { describe, expect, it, vi } from 'vitest';
import { Problem } from '$lib/api';
import { Live } from './live.svelte';

interface Events {
  entry: { seq: number };
}

/** A server that gives these answers one after the other; `asked` holds the id each request resumed from. */
function scripted(...answers: (string | Problem)[]) {
  const asked: (string | null)[] = [];
  const waits: number[] = [];
  const seen: number[] = [];
  let ended!: () => void;
  const over = new Promise<void>((resolve) => (ended = resolve));
  const live = new Live<Events>(
    '/live',
    { entry: (entry) => seen.push(entry.seq) },
    {
      request: async (_, init) => {
        asked.push(new Headers(init.headers).get('Last-Event-ID'));
        const next = answers.shift();
        if (next === undefined) {
          ended();
          return new Promise(() => {});
        }
        if (next instanceof Problem) throw next;
        return new Response(next);
      },
      pause: async (length) => void waits.push(length),
    },
  );
  return { live, asked, waits, seen, over };
}

const entry = (seq: number) => `id: ${seq}\nevent: entry\ndata: {"seq": ${seq}}\n\n`;

describe('the live stream', () => {
  it('hands over each event, and resumes from the last one when the connection ends', async () => {
    const { live, asked, seen, over } = scripted(entry(1) + entry(2), entry(3));
    const close = live.open();
    await over;
    close();
    expect(seen).toEqual([1, 2, 3]);
    expect(asked).toEqual([null, '2', '3']);
  });

  it('waits longer at each failure, and short again after an event', async () => {
    const down = Problem.unreachable();
    const { live, waits, over } = scripted(down, down, down, entry(1), down);
    const close = live.open();
    await over;
    close();
    expect(waits).toEqual([500, 1000, 2000, 500, 1000]);
  });

  it('never waits longer than a quarter of a minute', async () => {
    const { live, waits, over } = scripted(...Array.from({ length: 9 }, () => Problem.unreachable()));
    const close = live.open();
    await over;
    close();
    expect(Math.max(...waits)).toBe(15_000);
  });

  it('gives up when it is refused, and says why', async () => {
    const { live, asked } = scripted(new Problem(404, 'unknown_project', 'There is no such project.'));
    live.open();
    await vi.waitFor(() => expect(live.state).toBe('refused'));
    expect(live.problem?.code).toBe('unknown_project');
    expect(asked).toHaveLength(1);
  });
});
