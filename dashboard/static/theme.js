// Sets the theme before the first paint, so that a dark page does not flash white. src/lib/theme.svelte.ts keeps it.
(function () {
  var chosen = localStorage.getItem('tollfree.theme');
  var dark = matchMedia('(prefers-color-scheme: dark)').matches;
  document.documentElement.dataset.theme = chosen || (dark ? 'dark' : 'light');
})();
