/** How the button looks. A site may set `--tollfree-color` and `--tollfree-text` on it; those given here have a
 * contrast of 6.7 to 1. */
export const STYLE = `
:host { all: initial; display: inline-block; font: 16px/1.5 system-ui, sans-serif; color: #1f2937; text-align: start; }
[hidden] { display: none !important; }
button { font: inherit; min-height: 44px; padding: .5em 1.1em; border-radius: .6em; cursor: pointer;
  border: 2px solid transparent; background: #e5e7eb; color: #1f2937; }
button.main { background: var(--tollfree-color, #1d4ed8); color: var(--tollfree-text, #fff); font-weight: 600; }
button.end { background: #b91c1c; color: #fff; font-weight: 600; }
button:hover { filter: brightness(.92); }
button:focus-visible { outline: 3px solid #1d4ed8; outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
button:disabled { opacity: .6; cursor: default; }
.panel { box-sizing: border-box; max-width: 22rem; margin-top: .5em; padding: 1em; border: 1px solid #6b7280;
  border-radius: .8em; background: #fff; color: #1f2937; }
.panel p { margin: 0 0 .8em; overflow-wrap: anywhere; white-space: pre-line; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: .5em; }
.said { margin: .25em 0 0; max-width: 22rem; }
.said.fault { color: #991b1b; }
.captions { max-height: 9em; overflow-y: auto; margin: 0 0 .8em; padding: 0; list-style: none; }
.captions:focus-visible { outline: 3px solid #1d4ed8; }
.captions li { overflow-wrap: anywhere; }
.captions b { font-weight: 600; }
.dot { display: inline-block; width: .6em; height: .6em; margin-inline-end: .5em; border-radius: 50%; background: #15803d; }
@media (prefers-reduced-motion: no-preference) {
  .dot { animation: breathe 1.6s ease-in-out infinite; }
  @keyframes breathe { 50% { opacity: .35; } }
}
@media (prefers-color-scheme: dark) {
  :host([data-theme="auto"]) .panel { background: #111827; color: #f3f4f6; }
  :host([data-theme="auto"]) .said { color: #f3f4f6; }
  :host([data-theme="auto"]) .said.fault { color: #fca5a5; }
}
@media (forced-colors: active) { button { border-color: ButtonText; } .dot { forced-color-adjust: none; } }
`;
