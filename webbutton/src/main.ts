/** Puts a button where the script's tag stands. */
import { apiOf } from './api';
import { Call } from './call';
import { microphone } from './microphone';
import { joinWith } from './room';
import { View } from './view';

function begin(script: HTMLScriptElement): void {
  const { project, agent, theme } = script.dataset;
  if (!project || !agent) {
    console.error('tollfree: the script’s tag needs data-project and data-agent.');
    return;
  }
  const host = document.createElement('div');
  host.dataset.tollfree = agent;
  host.dataset.theme = theme ?? 'light';
  const view = new View(host);
  const place = { server: new URL(script.src).origin, project, agent };
  const means = { api: apiOf(place), microphone, join: joinWith(script.src), sounds: view.sounds };
  const call = new Call(means, (state) => view.show(state));
  view.serve(call);
  addEventListener('pagehide', () => call.hangUp());
  script.after(host);
  void call.load();
}

if (document.currentScript instanceof HTMLScriptElement) begin(document.currentScript);
