/** Who is signed in, and what they may do. */
import { page } from '$app/state';
import { answer, api, credentials, Problem, type Schema } from '$lib/api';
import { allows, roleIn, type Role } from './roles';

type Answer = Schema<'SessionFacts'>;

const lastProject = 'tollfree.project';

class Session {
  #answer = $state.raw<Answer | null>(null);

  get user(): Answer['user'] | null {
    return this.#answer?.user ?? null;
  }

  /** What logs and lists call whoever is signed in; empty: nobody is. */
  get signature(): string {
    return this.user?.email ?? '';
  }

  /** An admin of the whole installation. */
  get everywhere(): boolean {
    return this.#answer?.everywhere ?? false;
  }

  get projects(): Answer['projects'] {
    return this.#answer?.projects ?? [];
  }

  /** Whether a role is held in a project: the one whose page is shown, unless another is named. */
  can(needed: Role, project: string | undefined = page.params.project): boolean {
    return allows(roleIn(this.#answer, project), needed);
  }

  /** Whether there is such a project for this user. */
  knows(project: string): boolean {
    return this.everywhere || this.projects.some((each) => each.id === project);
  }

  /** The project that was looked at last, if it is still there for this user; else the first. */
  get preferred(): string | undefined {
    const last = localStorage.getItem(lastProject);
    return (this.projects.find((each) => each.id === last) ?? this.projects[0])?.id;
  }

  prefer(project: string): void {
    localStorage.setItem(lastProject, project);
  }

  /** Asks the server once who is signed in. False: nobody. */
  async known(): Promise<boolean> {
    return this.#answer !== null || (await this.refresh());
  }

  /** Asks again: after a project was made or a role was changed. */
  async refresh(): Promise<boolean> {
    try {
      this.#take(await answer(api.GET('/api/v1/session')));
      return true;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      this.forget();
      return false;
    }
  }

  async signIn(email: string, password: string): Promise<void> {
    this.#take(await answer(api.POST('/api/v1/session', { body: { email, password } })));
  }

  async signOut(): Promise<void> {
    await api.DELETE('/api/v1/session');
    this.forget();
  }

  forget(): void {
    this.#answer = null;
    credentials.csrf = '';
  }

  #take(answered: Answer): void {
    this.#answer = answered;
    credentials.csrf = answered.csrf;
  }
}

export const session = new Session();
