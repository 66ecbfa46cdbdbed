/** Begins the page: language and colours, the address, what the server says of itself, then the feed. */
// First of all, as its order matters.
import './strict.ts';
import './page.css';
import { effect } from '@preact/signals';
import { render } from 'preact';
import { Start } from '../model/answers.ts';
import { App } from './app.tsx';
import { ask } from './state/ask.ts';
import { tick, trustClockFor } from './state/clock.ts';
import { connection, startFeed } from './state/feed.ts';
import { startRoutes } from './state/route.ts';
import { session } from './state/session.ts';
import { startTheme } from './state/theme.ts';
import { keptLanguage, language, startLanguage } from './words/words.ts';

const TICKS_MS = 250;
const AGAIN_MS = 2_000;

startTheme();
language.value = startLanguage(keptLanguage(localStorage), navigator.languages);
effect(() => {
  document.documentElement.lang = language.value;
});
startRoutes();
const root = document.getElementById('app');
if (root) render(<App />, root);
setInterval(() => {
  if (document.visibilityState === 'visible') tick();
}, TICKS_MS);
begin();

function begin(): void {
  ask('/api/start', Start).then(
    (start) => {
      session.value = start;
      trustClockFor(3 * start.everyMs + 2_000);
      startFeed(start);
    },
    () => {
      connection.value = 'lost';
      setTimeout(begin, AGAIN_MS);
    },
  );
}
