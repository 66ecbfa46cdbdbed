/** Light, dark, or as the system is; kept by the browser. */
import { signal } from '@preact/signals';

export type Theme = 'auto' | 'light' | 'dark';
export const themes: readonly Theme[] = ['auto', 'light', 'dark'];
const KEPT_AS = 'hourglass-theme';

export const theme = signal<Theme>('auto');

export function startTheme(): void {
  showTheme(themes.find((name) => name === localStorage.getItem(KEPT_AS)) ?? 'auto');
}

export function chooseTheme(chosen: Theme): void {
  localStorage.setItem(KEPT_AS, chosen);
  showTheme(chosen);
}

function showTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}
