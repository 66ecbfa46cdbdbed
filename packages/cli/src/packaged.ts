#!/usr/bin/env node
/** The command as it is packed; in the repository it is `main.ts`. */
import './on-node-20.ts';
import './main.ts';
