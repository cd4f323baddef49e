/** What is heard of a recording: an audio element, and where it is. */

/** Seconds that the arrow keys move. */
export const step = 5;
export const rates = [1, 1.25, 1.5, 2] as const;

export class Player {
  #time = $state(0);
  #playing = $state(false);
  #waiting = $state(false);
  #rate = $state(1);
  #failed = $state(false);
  #element: HTMLAudioElement | undefined;
  #frame = 0;

  /** `seconds`: how long the recording is, which its outline tells before it is loaded. */
  constructor(readonly seconds: () => number) {}

  get time(): number {
    return this.#time;
  }
  get playing(): boolean {
    return this.#playing;
  }
  /** It should play, and its sound is not there yet. */
  get waiting(): boolean {
    return this.#waiting;
  }
  get rate(): number {
    return this.#rate;
  }
  get failed(): boolean {
    return this.#failed;
  }

  /** An attachment for the audio element. */
  readonly attach = (element: HTMLAudioElement): (() => void) => {
    this.#element = element;
    this.#time = 0;
    this.#playing = this.#waiting = this.#failed = false;
    const on: [keyof HTMLMediaElementEventMap, () => void][] = [
      ['play', () => this.#started()],
      ['pause', () => (this.#playing = false)],
      ['waiting', () => (this.#waiting = true)],
      ['playing', () => (this.#waiting = false)],
      ['seeked', () => (this.#time = element.currentTime)],
      ['ended', () => (this.#playing = false)],
      ['error', () => (this.#failed = this.#playing || this.#waiting)],
    ];
    for (const [name, does] of on) element.addEventListener(name, does);
    return () => {
      cancelAnimationFrame(this.#frame);
      for (const [name, does] of on) element.removeEventListener(name, does);
      element.pause();
      this.#element = undefined;
    };
  };

  toggle(): void {
    if (this.#playing) this.#element?.pause();
    else this.play();
  }

  play(): void {
    const element = this.#element;
    if (!element) return;
    if (this.#time >= this.seconds() - 0.05) this.seek(0);
    this.#waiting = true;
    element.playbackRate = this.#rate;
    element.play().catch(() => {
      this.#failed = true;
      this.#waiting = this.#playing = false;
    });
  }

  seek(seconds: number): void {
    this.#time = Math.min(Math.max(0, seconds), this.seconds());
    if (this.#element) this.#element.currentTime = this.#time;
  }

  faster(): void {
    const at = rates.findIndex((one) => one === this.#rate);
    this.#rate = rates[(at + 1) % rates.length] ?? 1;
    if (this.#element) this.#element.playbackRate = this.#rate;
  }

  /** A key of the player: space, the arrows, Home, End. Whether it was one. */
  key(key: string): boolean {
    if (key === ' ') this.toggle();
    else if (key === 'ArrowLeft') this.seek(this.#time - step);
    else if (key === 'ArrowRight') this.seek(this.#time + step);
    else if (key === 'Home') this.seek(0);
    else if (key === 'End') this.seek(this.seconds());
    else return false;
    return true;
  }

  #started(): void {
    this.#playing = true;
    this.#failed = false;
    const follow = () => {
      if (!this.#element || !this.#playing) return;
      this.#time = this.#element.currentTime;
      this.#frame = requestAnimationFrame(follow);
    };
    follow();
  }
}
