import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RoomEvents } from './voice.svelte';
import { blank } from './picture';
import SuperviseCard from './SuperviseCard.svelte';
import { Supervision } from './supervision.svelte';

const page = vi.hoisted(() => ({
  leaving: [] as ((navigation: object) => void)[],
  visited: [] as string[],
  events: undefined as unknown,
}));
vi.mock('$app/navigation', () => ({
  beforeNavigate: (asked: (navigation: object) => void) => page.leaving.push(asked),
  goto: async (to: URL) => page.visited.push(to.pathname),
}));
vi.mock('./livekit', () => ({
  joinRoom: async (_: object, events: RoomEvents) => {
    page.events = events;
    return { setMicrophone: async () => {}, allowSound: async () => {}, leave: async () => {} };
  },
}));
const events = () => page.events as RoomEvents;

beforeEach(() => {
  page.leaving.length = page.visited.length = 0;
});

/** What may be done with a call, and what it was told. */
function card() {
  const told: string[] = [];
  const words: string[] = [];
  const way = { url: 'wss://rooms.test', token: 't', room: 'r' };
  const supervision = new Supervision({
    supervise: async ({ action }) => ({ id: told.push(action) }),
    takeOver: async () => ({ id: told.push('take_over'), join: way }),
    renew: async () => {},
    listen: async () => way,
  });
  const props = { supervision, picture: blank, node: 'x', exits: [], spoken: true };
  return { told, words, ...render(SuperviseCard, { ...props, onwords: (said) => words.push(said) }) };
}

/** Follows a link to another page; gives whether one is let go. */
function follow(path: string): boolean {
  let free = true;
  const to = { url: new URL(path, 'https://tower.test') };
  for (const asked of page.leaving) asked({ to, willUnload: false, cancel: () => (free = false) });
  return free;
}

async function takeOver(): Promise<void> {
  const button = screen.getByRole('button', { name: 'Take over' });
  button.focus();
  await fireEvent.click(button);
  const dialog = await screen.findByRole('dialog');
  await fireEvent.click(
    [...dialog.querySelectorAll('button')].find((one) => one.textContent?.trim() === 'Take over')!,
  );
  await screen.findByText('You talk to the caller. The agent is silent.');
}

describe('a supervisor who talks to the caller', () => {
  it('has the focus at the button that gives the call back', async () => {
    card();
    await takeOver();
    await waitFor(() => expect(screen.getByRole('button', { name: 'Hand back to the agent' })).toHaveFocus());
  });

  it('is asked before they leave, and hands the call back when they do', async () => {
    const { told, unmount } = card();
    expect(follow('/calls')).toBe(true);
    await takeOver();
    expect(follow('/calls')).toBe(false);
    await screen.findByRole('dialog', { name: 'Leave the caller?' });
    await fireEvent.click(screen.getByRole('button', { name: 'Leave' }));
    expect(page.visited).toEqual(['/calls']);
    unmount();
    await waitFor(() => expect(told).toEqual(['take_over', 'hand_back']));
  });
});

describe('a supervisor who listens', () => {
  it('leaves no words as being spoken when the card goes, and gives nothing back', async () => {
    const { told, words, unmount } = card();
    await fireEvent.click(screen.getByRole('button', { name: 'Listen in' }));
    await screen.findByRole('button', { name: 'Stop listening' });
    events().words('caller', 'two pizz', false);
    await waitFor(() => expect(words.at(-1)).toBe('two pizz'));
    unmount();
    expect([words.at(-1), told]).toEqual(['', []]);
  });
});
