/** Whether the view moves, and what can be read at the zoom at which it rests. */

/** Below this zoom no letters are drawn. */
export const FAR = 0.36;
/** Below this one nothing of a card can be told but its kind. */
const SPECKS = 0.18;
/** Milliseconds without a move after which the view rests. Ends of gestures are not asked for: one that ends where it
 * began is told no end, and one that another has followed is told its own too late. */
export const REST_MS = 160;

export class Motion {
  moving = $state(false);
  /** Since it last rested the zoom was another. */
  zooming = $state(false);
  far = $state(false);
  specks = $state(false);
  #rested = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  moved(zoom: number): void {
    this.moving = true;
    if (zoom !== this.#rested) this.zooming = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#rest(zoom), REST_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** Only now do cards gain or lose their insides: on the way all would be drawn anew at once. */
  #rest(zoom: number): void {
    this.#rested = zoom;
    this.moving = this.zooming = false;
    this.far = zoom < FAR;
    this.specks = zoom < SPECKS;
  }
}
