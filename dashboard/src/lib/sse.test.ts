import { describe, expect, it } from 'vitest';
import { EventParser } from './sse';

const stream = ': here\n\nid: 7\nevent: entry\ndata: {"a":\ndata: 1}\n\nevent: reset\r\ndata:\r\n\r\n';
const events = [
  { id: '7', event: 'entry', data: '{"a":\n1}' },
  { id: '7', event: 'reset', data: '' },
];

describe('the parser of server-sent events', () => {
  it('gives each event with its id, which stays until there is another', () => {
    expect(new EventParser().push(stream)).toEqual(events);
  });

  it.each([1, 2, 3, 5, 8])('gives the same however the stream is cut: in pieces of %d', (size) => {
    const parser = new EventParser();
    const pieces = stream.match(new RegExp(`[\\s\\S]{1,${size}}`, 'g')) ?? [];
    expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(events);
  });

  it('gives nothing for a comment, and nothing for an event without data', () => {
    expect(new EventParser().push(': still here\n\nevent: entry\n\n')).toEqual([]);
  });
});
