/** Scripts for shells, from commander's own tree: what a command is called, which options it takes, and which values where these are known. */
import type { Command, Option } from 'commander';
import type { Shell } from './shells.ts';

interface Word {
  readonly text: string;
  readonly says: string;
}

interface Level {
  /** `request mirror`; empty for the command itself. */
  readonly path: string;
  readonly words: readonly Word[];
  readonly options: readonly {
    readonly names: readonly string[];
    readonly says: string;
    readonly takes: readonly string[] | 'any' | undefined;
  }[];
}

export function writeCompletion(shell: Shell, program: Command): string {
  const levels = listLevels(program, '');
  return { bash: writeBash, zsh: writeZsh, fish: writeFish }[shell](program.name(), levels);
}

function listLevels(command: Command, path: string): Level[] {
  const help = command.createHelp();
  const below = help.visibleCommands(command);
  const choices = command.registeredArguments.flatMap(({ argChoices, description }) =>
    (argChoices ?? []).map((text) => ({ text, says: description })),
  );
  const words = [...below.map((one) => ({ text: one.name(), says: help.subcommandDescription(one) })), ...choices];
  const options = help.visibleOptions(command).map((option) => ({
    names: [option.short, option.long].filter((name) => name !== undefined),
    says: help.optionDescription(option),
    takes: valuesOf(option),
  }));
  const own: Level = { path, words, options };
  return [
    own,
    ...below
      // Commander makes up its own `help`, which has nothing below it.
      .filter((one) => one.name() !== 'help')
      .flatMap((one) => listLevels(one, `${path} ${one.name()}`.trim())),
  ];
}

function valuesOf({ argChoices, required, optional }: Option): readonly string[] | 'any' | undefined {
  if (!required && !optional) return undefined;
  return argChoices ?? 'any';
}

/** Which level the words before the cursor have reached: the same few lines in bash and zsh. */
function findPath(levels: readonly Level[], words: string): string {
  const known = levels.filter(({ path }) => path !== '').map(({ path }) => `'${path}') at="$next" ;;`);
  return `local at='' next word
  for word in ${words}; do
    case "$word" in -*) continue ;; esac
    next="\${at:+$at }$word"
    case "$next" in
      ${known.join('\n      ')}
    esac
  done`;
}

function writeBash(name: string, levels: readonly Level[]): string {
  const values = levels.flatMap(({ path, options }) =>
    options.flatMap(({ names, takes }) =>
      takes === undefined
        ? []
        : names.map((option) => {
            const reply =
              takes === 'any'
                ? 'compopt -o default; COMPREPLY=()'
                : `COMPREPLY=($(compgen -W '${takes.join(' ')}' -- "$cur"))`;
            return `'${path} ${option}') ${reply}; return ;;`;
          }),
    ),
  );
  const candidates = levels.map(({ path, words, options }) => {
    const all = [
      ...words.map(({ text }) => text),
      ...options.flatMap(({ names }) => names.filter((one) => one.startsWith('--'))),
    ];
    return `'${path}') words='${all.join(' ')}' ;;`;
  });
  return `# bash completion of ${name}, written by: ${name} completion bash
_${name}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" words=''
  ${findPath(levels, `"\${COMP_WORDS[@]:1:COMP_CWORD-1}"`)}
  case "$at $prev" in
    ${values.join('\n    ')}
  esac
  case "$at" in
    ${candidates.join('\n    ')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o bashdefault -F _${name} ${name}
`;
}

function writeZsh(name: string, levels: readonly Level[]): string {
  // What stands before the colour is the word itself.
  const described = ({ text, says }: Word) => `'${quote(text.replaceAll(':', '\\:'))}:${quote(says)}'`;
  const cases = levels.map(({ path, words, options }) => {
    const flags = options.flatMap(({ names, says }) =>
      names.filter((one) => one.startsWith('--')).map((text) => ({ text, says })),
    );
    return `'${path}') words_=(${[...words, ...flags].map(described).join(' ')}) ;;`;
  });
  const values = levels.flatMap(({ path, options }) =>
    options.flatMap(({ names, takes }) =>
      takes === undefined
        ? []
        : names.map(
            (option) =>
              `'${path} ${option}') ${takes === 'any' ? '_files' : `compadd -- ${takes.join(' ')}`}; return ;;`,
          ),
    ),
  );
  return `#compdef ${name}
# zsh completion of ${name}, written by: ${name} completion zsh
_${name}() {
  local -a words_
  local prev="\${words[CURRENT-1]}"
  ${findPath(levels, `"\${(@)words[2,CURRENT-1]}"`)}
  case "$at $prev" in
    ${values.join('\n    ')}
  esac
  case "$at" in
    ${cases.join('\n    ')}
  esac
  _describe '${name}' words_ || _files
}
# Loaded by compinit as a function of this name, or read into a shell.
if [ "\${funcstack[1]}" = _${name} ]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}

function writeFish(name: string, levels: readonly Level[]): string {
  const lines = levels.flatMap(({ path, words, options }) => {
    const when = path === '' ? '__fish_use_subcommand' : `__${name}_at ${path}`;
    const base = `complete -c ${name} -n '${when}'`;
    return [
      ...words.map(({ text, says }) => `${base} -f -a '${quote(text, 'escaped')}' -d '${quote(says, 'escaped')}'`),
      ...options.map(({ names, says, takes }) => {
        const flags = names.map((one) => (one.startsWith('--') ? `-l ${one.slice(2)}` : `-s ${one.slice(1)}`));
        const value = takes === undefined ? '' : takes === 'any' ? ' -r' : ` -x -a '${takes.join(' ')}'`;
        return `${base} ${flags.join(' ')}${value} -d '${quote(says, 'escaped')}'`;
      }),
    ];
  });
  return `# fish completion of ${name}, written by: ${name} completion fish
function __${name}_at
    set -l words (commandline -opc | string match -v -r '^-')
    set -e words[1]
    test (count $words) -ge (count $argv); or return 1
    test "$words[1..$(count $argv)]" = "$argv"
end
${lines.join('\n')}
`;
}

/** Inside single quotes; fish has a sign of its own for a quote in them. */
function quote(text: string, sign: 'doubled' | 'escaped' = 'doubled'): string {
  const plain = text.replace(/\s+/g, ' ');
  return sign === 'doubled' ? plain.replaceAll("'", "'\\''") : plain.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
