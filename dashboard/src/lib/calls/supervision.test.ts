import { describe, expect, it } from 'vitest';
import { Problem } from '$lib/api';
import { standingOf, Supervision, whyOf, type Means } from './supervision.svelte';

function means(supervise: Means['supervise']): Means {
  const never = () => Promise.reject(new Error('not asked for'));
  return { supervise, takeOver: never, renew: never, listen: never };
}

describe('an order to a call', () => {
  it('is being sent, then waits for the call, and is done when its log says so', async () => {
    let arrive!: (given: { id: number }) => void;
    const supervision = new Supervision(means(() => new Promise((resolve) => (arrive = resolve))));
    const given = supervision.give('Hang up', 'hang_up');
    const standing = (commands = {}) => standingOf(supervision.orders[0]!, commands);
    expect(standing()).toBe('sending');
    arrive({ id: 7 });
    await given;
    expect([standing(), standing({ 6: { why: '' } }), standing({ 7: { why: '' } })]).toEqual([
      'sent',
      'sent',
      'done',
    ]);
  });

  it('is refused by the call with its reason', async () => {
    const supervision = new Supervision(means(async () => ({ id: 7 })));
    await supervision.give('Set it', 'set_slot', 'number', '0');
    const commands = { 7: { why: 'I need five digits.' } };
    expect(standingOf(supervision.orders[0]!, commands)).toBe('refused');
    expect(whyOf(supervision.orders[0]!, commands)).toBe('I need five digits.');
  });

  it('that the server does not take is kept with what it said, and thrown', async () => {
    const closed = new Problem(409, 'call_closed', 'The call is over.');
    const supervision = new Supervision(means(() => Promise.reject(closed)));
    await expect(supervision.give('Hang up', 'hang_up')).rejects.toBe(closed);
    expect([standingOf(supervision.orders[0]!, {}), whyOf(supervision.orders[0]!, {})]).toEqual([
      'refused',
      'The call is over.',
    ]);
  });

  it('stands before those that were given earlier', async () => {
    const supervision = new Supervision(means(async () => ({ id: 1 })));
    for (let at = 0; at < 9; at += 1) await supervision.give(`Order ${at}`, 'hang_up');
    expect(supervision.orders.map((one) => one.label)).toEqual([8, 7, 6, 5, 4, 3].map((at) => `Order ${at}`));
  });
});
