import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Player } from './player.svelte';

describe('the player', () => {
  let element: HTMLAudioElement;
  let player: Player;

  beforeEach(() => {
    element = document.createElement('audio');
    element.play = vi.fn(async () => void element.dispatchEvent(new Event('play')));
    element.pause = vi.fn(() => void element.dispatchEvent(new Event('pause')));
    player = new Player(() => 60);
    player.attach(element);
  });

  it('plays and pauses by the space key', () => {
    player.key(' ');
    expect(player.playing).toBe(true);
    player.key(' ');
    expect(player.playing).toBe(false);
  });

  it('moves by the arrows, and not beyond its ends', () => {
    player.key('ArrowRight');
    player.key('ArrowRight');
    player.key('ArrowLeft');
    expect([player.time, element.currentTime]).toEqual([5, 5]);
    player.key('ArrowLeft');
    player.key('ArrowLeft');
    expect(player.time).toBe(0);
    player.key('End');
    expect(player.time).toBe(60);
  });

  it('leaves other keys to the page', () => expect(player.key('a')).toBe(false));

  it('goes through its speeds', () => {
    const seen = [1, 2, 3, 4].map(() => {
      player.faster();
      return element.playbackRate;
    });
    expect(seen).toEqual([1.25, 1.5, 2, 1]);
  });

  it('begins anew after its end', () => {
    player.seek(60);
    player.play();
    expect(player.time).toBe(0);
  });

  it('says that it failed, when the browser cannot play it', async () => {
    element.play = () => Promise.reject(new Error('no such codec'));
    player.play();
    await vi.waitFor(() => expect(player.failed).toBe(true));
    expect(player.waiting).toBe(false);
  });
});
