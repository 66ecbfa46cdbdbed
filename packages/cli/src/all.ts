/** Every command but `mirror`, as they are packed. */
import './on-node-20.ts';
import './main.ts';
