/** A voice, heard in the browser. */
import { request } from '$lib/api';
import { Problem } from '$lib/api/problem';

export class Preview {
  #state = $state<'still' | 'making' | 'playing'>('still');
  #problem = $state.raw<Problem>();
  #audio: HTMLAudioElement | undefined;

  constructor(readonly project: string) {}

  get state(): 'still' | 'making' | 'playing' {
    return this.#state;
  }

  get problem(): Problem | undefined {
    return this.#problem;
  }

  async play(voice: string, speed: number, text: string): Promise<void> {
    this.stop();
    this.#state = 'making';
    this.#problem = undefined;
    try {
      const answered = await request(`/api/v1/projects/${encodeURIComponent(this.project)}/voices/preview`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ voice, speed, text }),
      });
      const audio = new Audio(URL.createObjectURL(await answered.blob()));
      this.#audio = audio;
      audio.onended = () => this.stop();
      this.#state = 'playing';
      await audio.play();
    } catch (reason) {
      this.stop();
      this.#problem = Problem.from(reason);
    }
  }

  stop(): void {
    if (this.#audio) {
      this.#audio.pause();
      URL.revokeObjectURL(this.#audio.src);
      this.#audio = undefined;
    }
    this.#state = 'still';
  }
}
