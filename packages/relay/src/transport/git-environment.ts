/** The environment of git and ssh: no prompt, English messages, and no repository that a hook or a caller has left in it. */
const KEPT = /^GIT_(EXEC_PATH|CONFIG.*|SSH.*|SSL.*|PROXY_.*|ALLOW_PROTOCOL)$/;

export function gitEnvironment(own: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(own).filter(([name]) => !name.startsWith('GIT_') || KEPT.test(name));
  return { ...Object.fromEntries(inherited), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
}
