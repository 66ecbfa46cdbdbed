import { Argument, type Command } from 'commander';
import { type Shell, shells } from './shells.ts';

export function addCompletionCommand(program: Command): void {
  program
    .command('completion')
    .description('Print a script by which a shell completes commands, options and their values.')
    .addArgument(new Argument('<shell>', 'which shell').choices(shells))
    .addHelpText(
      'after',
      `
bash:  hourglass completion bash > ~/.local/share/bash-completion/completions/hourglass
zsh:   hourglass completion zsh > _hourglass    in a folder of $fpath, before compinit
fish:  hourglass completion fish > ~/.config/fish/completions/hourglass.fish`,
    )
    .action(async (shell: Shell) => {
      const { writeCompletion } = await import('./write-completion.ts');
      process.stdout.write(writeCompletion(shell, program));
    });
}
