import { beforeEach, describe, expect, it, vi } from 'vitest';
import { apiOf, Refused, type Texts } from './api';
import { Call } from './call';
import type { RoomEvents } from './room';
import { View } from './view';

const TEXTS: Texts = { title: '<b>Call</b> us', consent: '<img src=x onerror=alert(1)>', captions: true, language: 'de' };

async function shown(texts: () => Promise<Texts> = () => Promise.resolve(TEXTS)) {
  const host = document.body.appendChild(document.createElement('div'));
  const view = new View(host);
  let events: RoomEvents | undefined;
  const call = new Call(
    {
      api: { texts, ticket: () => Promise.resolve({ url: 'ws://here', token: 't' }) },
      microphone: () => Promise.resolve({ getTracks: () => [], getAudioTracks: () => [] } as unknown as MediaStream),
      join: (_ticket, _microphone, _sounds, told) => {
        events = told;
        return Promise.resolve({ mute: vi.fn(), sound: vi.fn(), leave: vi.fn() });
      },
      sounds: view.sounds,
    },
    (state) => view.show(state),
  );
  view.serve(call);
  await call.load();
  const named = (words: string): HTMLButtonElement => {
    const found = [...view.root.querySelectorAll('button')].find((one) => one.textContent === words);
    if (!found) throw new Error(`no button ${words}`);
    return found;
  };
  const settled = () => vi.waitFor(() => expect(events).toBeDefined());
  return { host, view, call, named, settled, events: () => events as RoomEvents };
}

beforeEach(() => document.body.replaceChildren());

describe('the button', () => {
  it('asks first, with the keyboard on the answer, and Escape brings it back', async () => {
    const { view, named } = await shown();
    const open = named('<b>Call</b> us');
    open.focus();
    open.click();
    expect(open.getAttribute('aria-expanded')).toBe('true');
    expect(view.root.activeElement).toBe(named('Agree and call'));
    view.root.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    expect(view.root.activeElement).toBe(open);
    expect(open.getAttribute('aria-expanded')).toBe('false');
  });

  it('shows the texts of a project as text', async () => {
    const { view, named } = await shown();
    named('<b>Call</b> us').click();
    expect(view.root.querySelector('img, b')).toBeNull();
    expect(view.root.getElementById('consent')?.textContent).toBe(TEXTS.consent);
    expect(view.root.getElementById('consent')?.lang).toBe('de');
  });

  it('moves the keyboard to hanging up, and back when the call is over', async () => {
    const { view, named, settled, events } = await shown();
    named('<b>Call</b> us').click();
    named('Agree and call').click();
    await settled();
    expect(view.root.activeElement).toBe(named('Hang up'));
    events().answered();
    named('Mute').click();
    expect(named('Mute').getAttribute('aria-pressed')).toBe('true');
    expect(view.root.querySelector('[role=status]')?.textContent).toBe('You are muted.');
    named('Hang up').focus();
    named('Hang up').click();
    expect(view.root.activeElement).toBe(named('<b>Call</b> us'));
  });

  it('leaves the keyboard alone when it is elsewhere on the page', async () => {
    const { named, settled, events } = await shown();
    const other = document.body.appendChild(document.createElement('input'));
    named('<b>Call</b> us').click();
    named('Agree and call').click();
    await settled();
    other.focus();
    events().ended(true);
    expect(document.activeElement).toBe(other);
  });

  it('says faults at once and the rest when there is time', async () => {
    const { view, named, settled, events } = await shown();
    named('<b>Call</b> us').click();
    named('Agree and call').click();
    await settled();
    events().ended(true);
    expect(view.root.querySelector('[role=alert]')?.textContent).toBe('The connection was lost.');
    expect(view.root.querySelector('[role=status]')?.textContent).toBe('');
  });

  it('cannot be pressed where there is no server, and says so', async () => {
    const { view, named } = await shown(() => Promise.reject(new Refused('The server cannot be reached.')));
    expect(named('Call us').disabled).toBe(true);
    expect(view.root.querySelector('[role=alert]')?.textContent).toBe('The server cannot be reached.');
  });

  it('shows captions as text, and the sound button when the browser holds the sound back', async () => {
    const { view, named, settled, events } = await shown();
    named('<b>Call</b> us').click();
    named('Agree and call').click();
    await settled();
    events().caption('a', true, '<script>1</script>');
    events().silent(true);
    expect(view.root.querySelector('.captions li')?.textContent).toBe('You: <script>1</script>');
    expect(named('Turn the sound on').hidden).toBe(false);
    named('Turn the sound on').click();
    expect(named('Turn the sound on').hidden).toBe(true);
  });
});

describe('the server', () => {
  const place = { server: 'https://host', project: 'shop', agent: 'a/b' };

  it('is asked without cookies, at the agent’s own address', async () => {
    const get = vi.fn(() => Promise.resolve(new Response(JSON.stringify(TEXTS))));
    await apiOf(place, get).texts();
    expect(get).toHaveBeenCalledWith('https://host/api/v1/web/shop/a%2Fb', expect.objectContaining({ credentials: 'omit' }));
  });

  it('that refuses or is away is told in its words, or in ours', async () => {
    const busy = () => Promise.resolve(new Response('{"message": "All lines are busy."}', { status: 429 }));
    await expect(apiOf(place, busy).ticket()).rejects.toThrow('All lines are busy.');
    await expect(apiOf(place, () => Promise.reject(new TypeError())).ticket()).rejects.toThrow('cannot be reached');
    const odd = () => Promise.resolve(new Response('<html>', { status: 502 }));
    await expect(apiOf(place, odd).ticket()).rejects.toThrow('cannot be reached');
  });
});
