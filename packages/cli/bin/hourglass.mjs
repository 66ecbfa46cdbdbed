/**
 * The command in the repository (`src/packaged.ts` is the packed one). What V8 has compiled, and Node has stripped of types, is kept between runs: from the second start on neither is
 * done again. Plain JavaScript that older releases of Node read too, so that they can print what they lack.
 */
import module from 'node:module';

const OLDEST = 24;
if (Number.parseInt(process.versions.node, 10) < OLDEST) {
  process.stderr.write(`hourglass: Node.js ${OLDEST} or newer is needed, and this is ${process.versions.node}\n`);
  process.exit(1);
}
module.enableCompileCache();
await import('../src/main.ts');
