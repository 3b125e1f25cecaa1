import fc from 'fast-check';

/** Property tests draw the same examples everywhere; GOODPUT_TEST_SEED=n looks at others. */
fc.configureGlobal({ seed: Number(process.env.GOODPUT_TEST_SEED ?? 20_261_123) });
