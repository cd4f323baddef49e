import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import Moves from './Moves.svelte';
import { Supervision } from './supervision.svelte';

/** The controls at a node, and what they tell the call. */
function moves() {
  const told: string[] = [];
  const unasked = () => Promise.reject(new Error('not asked for'));
  const supervision = new Supervision({
    supervise: async ({ action, name }) => ({ id: told.push(`${action} ${name}`) }),
    takeOver: unasked,
    renew: unasked,
    listen: unasked,
  });
  const exits = [{ name: 'heard', to: 'paying' }];
  return { told, ...render(Moves, { supervision, node: 'ordering', exits }) };
}

async function choose(): Promise<void> {
  await fireEvent.change(screen.getByLabelText('Leave ordering by'), { target: { value: 'heard' } });
  await fireEvent.click(screen.getByRole('button', { name: 'Go' }));
  await screen.findByRole('dialog', { name: 'Leave ordering by heard?' });
}

describe('the exit that is chosen for a call', () => {
  it('is asked about, and given', async () => {
    const { told } = moves();
    await choose();
    await fireEvent.click(screen.getByRole('button', { name: 'Leave the node' }));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(told).toEqual(['choose_exit heard']);
  });

  it('is asked about no more once the call has moved on', async () => {
    const { told, rerender } = moves();
    await choose();
    await rerender({ node: 'paying', exits: [{ name: 'heard', to: 'end' }] });
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(told).toEqual([]);
  });
});
