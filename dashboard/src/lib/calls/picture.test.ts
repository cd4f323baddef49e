import { describe, expect, it } from 'vitest';
import type { LiveEntry } from './live_calls';
import { blank, deedOf, follow, followAll, shown, withUnfinished } from './picture';

/** Records in order, numbered. */
function log(...records: [LiveEntry['kind'], string, Record<string, unknown>?][]): LiveEntry[] {
  return records.map(([kind, type, data = {}], seq) => ({
    call: 'c',
    seq,
    at: `2026-11-22T14:00:0${seq}Z`,
    kind,
    type,
    data,
  }));
}

const say = (text: string): [LiveEntry['kind'], string, Record<string, unknown>] => [
  'effect',
  'say',
  { text },
];

describe('the captions', () => {
  it('show a line while it is spoken, and then what was heard of it', () => {
    const entries = log(say('Thanks for calling the shop.'), [
      'event',
      'spoken',
      { heard: 'Thanks for', complete: false },
    ]);
    const during = follow(blank, entries[0]!);
    const after = follow(during, entries[1]!);
    expect(during.captions).toMatchObject([{ text: 'Thanks for calling the shop.', speaking: true }]);
    expect(after.captions).toMatchObject([{ text: 'Thanks for', cut: true, speaking: false }]);
  });

  it('take a line away of which nothing was heard', () => {
    const entries = log(say('Thanks.'), ['event', 'spoken', { heard: '', complete: false }]);
    expect(followAll(blank, entries).captions).toEqual([]);
  });

  it('keep two lines that wait to be spoken in order', () => {
    const entries = log(say('One.'), say('Two?'), ['event', 'spoken', { heard: 'One.', complete: true }]);
    expect(followAll(blank, entries).captions.map((one) => [one.text, one.speaking])).toEqual([
      ['One.', false],
      ['Two?', true],
    ]);
  });

  it('tell keys, silence and what nobody could hear apart from words', () => {
    const entries = log(
      ['event', 'caller_spoke', { text: 'hello' }],
      ['event', 'key_pressed', { keys: '42' }],
      ['event', 'caller_silent'],
      ['event', 'caller_unheard'],
    );
    expect(followAll(blank, entries).captions.map((one) => one.kind)).toEqual([
      'words',
      'keys',
      'silence',
      'unheard',
    ]);
  });

  it('do not repeat what a resumed stream sends again', () => {
    const entries = log(['event', 'caller_spoke', { text: 'hello' }]);
    expect(followAll(blank, [...entries, ...entries]).captions).toHaveLength(1);
  });
});

describe('words before the turn is over', () => {
  const { captions } = followAll(blank, log(['event', 'caller_spoke', { text: 'two pizzas' }]));

  it('stand last, as being spoken', () => {
    const [said, unfinished] = withUnfinished(captions, 'the fir');
    expect([said?.text, said?.speaking]).toEqual(['two pizzas', false]);
    expect([unfinished?.who, unfinished?.text, unfinished?.speaking]).toEqual(['caller', 'the fir', true]);
  });

  it('are gone when the log has them', () => {
    expect(withUnfinished(captions, 'two pizzas')).toBe(captions);
    expect(withUnfinished(captions, '')).toBe(captions);
  });
});

describe('the slots', () => {
  const heard = ['event', 'answered', { answer: { slots: [{ slot: 'order_number', value: '41755' }] } }] as [
    LiveEntry['kind'],
    string,
    Record<string, unknown>,
  ];

  it('are open when they were heard, and settled when the node is left', () => {
    const entries = log(heard, [
      'token',
      'exit',
      { flow: 'support', node: 'which_order', exit: 'given', slots: { order_number: '41755' } },
    ]);
    expect(follow(blank, entries[0]!).slots.order_number).toEqual({ value: '41755', open: true, by: '' });
    const after = followAll(blank, entries);
    expect(after.slots.order_number?.open).toBe(false);
    expect(after.visits.map((one) => `${one.node}.${one.exit}`)).toEqual(['which_order.given']);
  });

  it('name who corrected them', () => {
    const entries = log(heard, [
      'event',
      'supervised',
      { action: 'set_slot', by: 'Ada', name: 'order_number', value: '52118', command: 3 },
    ]);
    expect(followAll(blank, entries).slots.order_number).toEqual({ value: '52118', open: false, by: 'Ada' });
  });
});

describe('what a call was told', () => {
  it('is taken up or refused, by the command’s id', () => {
    const entries = log(
      ['event', 'supervised', { action: 'say', by: 'Ada', value: 'Hello.', command: 4 }],
      ['note', 'supervision_refused', { action: 'set_slot', by: 'Ada', command: 5, why: 'Too late.' }],
    );
    expect(followAll(blank, entries).commands).toEqual({ 4: { why: '' }, 5: { why: 'Too late.' } });
  });

  it('says who has the call, until it is handed back or they are gone', () => {
    const taken = ['event', 'supervised', { action: 'take_over', by: 'Ada', command: 1 }] as const;
    const back = ['event', 'supervised', { action: 'hand_back', by: 'tollfree', command: 0 }] as const;
    const entries = log([...taken], [...back]);
    const during = follow(blank, entries[0]!);
    expect([during.takenOver, follow(during, entries[1]!).takenOver]).toEqual(['Ada', '']);
  });

  it('is told in words, and what is not known not at all', () => {
    expect(deedOf({ action: 'hand_back', by: 'tollfree' })).toBe('Handed back: nobody was there any more');
    expect(deedOf({ action: 'set_slot', by: 'Ada', name: 'sliced', value: true })).toBe(
      'Ada set sliced to yes',
    );
    expect(deedOf({ action: 'dance', by: 'Ada' })).toBe('');
  });
});

describe('a value', () => {
  it.each([
    [true, 'yes'],
    [null, '–'],
    [['a', 2], 'a, 2'],
    [{ sku: 'P1', name: 'Pepperoni pizza' }, 'Pepperoni pizza'],
    [{ from: '2026-11-01', to: '2026-11-03' }, 'from 2026-11-01, to 2026-11-03'],
  ])('%j reads as %s', (value, told) => expect(shown(value)).toBe(told));
});
