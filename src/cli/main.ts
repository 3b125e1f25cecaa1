#!/usr/bin/env node
import { processIo } from './io.js';
import { main, report } from './program.js';

const io = processIo();
const debug = (process.env.GOODPUT_DEBUG ?? '') !== '' || process.argv.includes('--debug');

// A defect outside of any command's promise; printed like the others.
process.on('uncaughtException', (error) => {
  process.exitCode = 3;
  void report(error, io, debug);
});

// Not `process.exit`: what is still on its way into a pipe would be lost.
process.exitCode = await main(process.argv.slice(2), io);
