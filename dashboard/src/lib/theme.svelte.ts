/** Light or dark: the system's choice, or the user's, kept in this browser. `static/theme.js` sets it at first paint. */

export type ThemeChoice = 'system' | 'light' | 'dark';

const key = 'tollfree.theme';

class Theme {
  #choice = $state<ThemeChoice>(stored());
  readonly #system = matchMedia('(prefers-color-scheme: dark)');
  #systemDark = $state(this.#system.matches);

  constructor() {
    this.#system.addEventListener('change', (change) => {
      this.#systemDark = change.matches;
      this.#paint();
    });
  }

  /** What the user asked for. */
  get choice(): ThemeChoice {
    return this.#choice;
  }

  /** What is shown. */
  get shown(): 'light' | 'dark' {
    if (this.#choice !== 'system') return this.#choice;
    return this.#systemDark ? 'dark' : 'light';
  }

  choose(choice: ThemeChoice): void {
    this.#choice = choice;
    if (choice === 'system') localStorage.removeItem(key);
    else localStorage.setItem(key, choice);
    this.#paint();
  }

  #paint(): void {
    document.documentElement.dataset.theme = this.shown;
  }
}

function stored(): ThemeChoice {
  const choice = localStorage.getItem(key);
  return choice === 'light' || choice === 'dark' ? choice : 'system';
}

export const theme = new Theme();
