/** Language and colours, kept by the browser. */
import { chooseTheme, type Theme, theme, themes } from '../state/theme.ts';
import { chooseLanguage, type Language, language, languages, t } from '../words/words.ts';

export function Settings() {
  return (
    <div class="settings">
      <label>
        <span class="unseen">{t('app.language')}</span>
        <select
          value={language.value}
          onChange={({ currentTarget }) => chooseLanguage(currentTarget.value as Language, localStorage)}
        >
          {(Object.keys(languages) as Language[]).map((tag) => (
            <option value={tag} lang={tag} key={tag}>
              {languages[tag]}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span class="unseen">{t('app.theme')}</span>
        <select value={theme.value} onChange={({ currentTarget }) => chooseTheme(currentTarget.value as Theme)}>
          {themes.map((name) => (
            <option value={name} key={name}>
              {t(`app.theme.${name}`)}
            </option>
          ))}
        </select>
      </label>
    </div>
  );
}
