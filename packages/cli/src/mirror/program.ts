/** `hourglass mirror` without the other commands, as a package has it. */
import { createProgram, runProgram } from '../run-program.ts';
import { addMirrorCommand } from './command.ts';

const program = createProgram();
addMirrorCommand(program);
runProgram(program);
