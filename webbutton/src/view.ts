/** What the visitor sees and hears of a call. It is in a shadow tree, so that the site's styles and ours keep apart. */
import type { Call, State } from './call';
import { STYLE } from './style';

type Made = Record<'open' | 'agree' | 'not' | 'mute' | 'sound' | 'end', HTMLButtonElement> &
  Record<'consentPanel' | 'callPanel' | 'consent' | 'said' | 'live' | 'alert', HTMLElement> & { captions: HTMLOListElement };

export class View {
  readonly root: ShadowRoot;
  /** Where the agent's sound is played. */
  readonly sounds = document.createElement('div');
  readonly #made: Made;
  #call: Call | null = null;
  #before: State['phase'] = 'loading';

  constructor(host: HTMLElement) {
    this.root = host.attachShadow({ mode: 'open' });
    styled(this.root);
    this.#made = built(this.root);
    this.sounds.hidden = true;
    this.root.append(this.sounds);
  }

  /** Have the buttons do what they say. */
  serve(call: Call): void {
    this.#call = call;
    const { open, agree, not, mute, sound, end } = this.#made;
    open.addEventListener('click', () => (call.state.phase === 'consent' ? call.close() : call.open()));
    agree.addEventListener('click', () => void call.start());
    not.addEventListener('click', () => call.close());
    mute.addEventListener('click', () => call.mute());
    sound.addEventListener('click', () => call.sound());
    end.addEventListener('click', () => call.hangUp());
    this.root.addEventListener('keydown', (event) => {
      if ((event as KeyboardEvent).key === 'Escape') this.#call?.close();
    });
    this.show(call.state);
  }

  show(state: State): void {
    const { open, mute, sound, consent, consentPanel, callPanel, captions } = this.#made;
    const busy = state.phase === 'connecting' || state.phase === 'talking';
    const focused = this.root.activeElement !== null;
    open.textContent = state.texts?.title ?? 'Call us';
    open.disabled = state.phase === 'loading' || state.phase === 'unavailable';
    open.hidden = busy;
    open.setAttribute('aria-expanded', String(state.phase === 'consent'));
    consent.textContent = state.texts?.consent ?? '';
    consent.lang = state.texts?.language ?? '';
    consentPanel.hidden = state.phase !== 'consent';
    callPanel.hidden = !busy;
    mute.hidden = state.phase !== 'talking';
    mute.setAttribute('aria-pressed', String(state.muted));
    sound.hidden = !state.held;
    captions.hidden = !(state.texts?.captions && state.captions.length);
    captions.lang = state.texts?.language ?? '';
    if (!captions.hidden) shown(captions, state);
    this.#say(state);
    if (state.phase !== this.#before) this.#move(state.phase, focused);
    this.#before = state.phase;
  }

  #say(state: State): void {
    const { said, live, alert } = this.#made;
    said.className = state.fault ? 'said fault' : 'said';
    for (const [box, words] of [
      [live, state.fault ? '' : state.said],
      [alert, state.fault ? state.said : ''],
    ] as const) {
      if (box.textContent !== words) box.textContent = words; // the same words are not said twice
    }
  }

  /** Keep the keyboard where the visitor goes on. What they do elsewhere on the page is left alone. */
  #move(phase: State['phase'], focused: boolean): void {
    const { open, agree, end } = this.#made;
    if (phase === 'consent') agree.focus();
    else if (!focused) return;
    else if (phase === 'connecting') end.focus();
    else if (phase === 'ready') open.focus();
  }
}

function styled(root: ShadowRoot): void {
  if ('adoptedStyleSheets' in root && 'replaceSync' in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet(); // a site whose CSP forbids inline styles allows this
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } else {
    root.append(element('style', {}, STYLE));
  }
}

function built(root: ShadowRoot): Made {
  const open = button('main', 'Call us', { 'aria-controls': 'consent-panel', 'aria-expanded': 'false' });
  const agree = button('main', 'Agree and call');
  const not = button('', 'Not now');
  const mute = button('', 'Mute', { 'aria-pressed': 'false' });
  const sound = button('main', 'Turn the sound on');
  const end = button('end', 'Hang up');
  const consent = element('p', { id: 'consent' });
  const captions = element('ol', { class: 'captions', tabindex: '0', 'aria-label': 'Captions' });
  const consentPanel = element(
    'div',
    { id: 'consent-panel', class: 'panel', role: 'dialog', 'aria-label': 'Before the call', 'aria-describedby': 'consent' },
    consent,
    element('div', { class: 'row' }, agree, not),
  );
  const callPanel = element(
    'div',
    { class: 'panel', role: 'group', 'aria-label': 'Your call' },
    captions,
    element('div', { class: 'row' }, element('span', { class: 'dot', 'aria-hidden': 'true' }), sound, mute, end),
  );
  const live = element('span', { role: 'status' });
  const alert = element('span', { role: 'alert' });
  const said = element('p', { class: 'said' }, live, alert);
  root.append(open, consentPanel, callPanel, said);
  return { open, agree, not, mute, sound, end, consent, captions, consentPanel, callPanel, said, live, alert };
}

function shown(list: HTMLOListElement, state: State): void {
  state.captions.forEach((caption, place) => {
    const item = list.children[place] ?? list.appendChild(element('li', {}, element('b', {}), element('span', {})));
    const [who, words] = item.children;
    if (who) who.textContent = caption.mine ? 'You: ' : 'Agent: ';
    if (words) words.textContent = caption.text;
  });
  while (list.children.length > state.captions.length) list.lastElementChild?.remove();
  list.scrollTop = list.scrollHeight;
}

function button(kind: string, words: string, attributes: Record<string, string> = {}): HTMLButtonElement {
  return element('button', { type: 'button', class: kind, ...attributes }, words);
}

function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Record<string, string>,
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}
