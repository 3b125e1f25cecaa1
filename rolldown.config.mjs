// What is written in one piece after the compiler: the script of the report page, and what threads run, since every thread
// that starts would load a few hundred small files.
const threads = ['experiment/sweep/worker', 'experiment/validation/worker', 'cli/simulation-worker'];

export default [
  {
    input: 'src/report/html/client/main.ts',
    output: { file: 'dist/report/html/client.js', format: 'iife', minify: true },
    logLevel: 'warn',
  },
  ...threads.map((name) => ({
    input: `dist/${name}.js`,
    output: { file: `dist/${name}.js`, format: 'esm', sourcemap: true },
    platform: 'node',
    logLevel: 'warn',
  })),
];
