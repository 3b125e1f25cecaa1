import { describe, expect, it } from 'vitest';
import { gpus, models, priceBooks } from '../../src/catalog/index.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { checkNames } from '../../src/scenario/resolve.js';
import { closest } from '../../src/scenario/suggest.js';
import { MINIMAL } from './minimal.js';

const check = (...overrides: string[]) => checkNames(parseScenario(MINIMAL, { overrides }).scenario);

describe('names of the catalog', () => {
  it('that exist pass, the default price book included', () => {
    expect(check()).toEqual([]);
  });

  it('that do not exist are reported with the closest one and all there are', () => {
    expect(
      check(
        'factory.model=llama-3-70b',
        'factory.pools[0].gpu=H200',
        'economics.prices=rental',
        'economics.gpuHour.h100=2',
      ),
    ).toMatchObject([
      {
        key: 'factory.model',
        message: 'unknown model',
        hint: 'did you mean "llama-3.1-70b"?',
        allowed: Object.keys(models).join(', '),
      },
      {
        key: 'factory.pools[0].gpu',
        message: 'unknown GPU',
        found: '"H200"',
        hint: 'did you mean "h200-sxm"?',
        allowed: Object.keys(gpus).join(', '),
      },
      { key: 'economics.prices', message: 'unknown price book', allowed: Object.keys(priceBooks).join(', ') },
      { key: 'economics.gpuHour.h100', hint: 'did you mean "h100-sxm"?' },
    ]);
  });

  it('are not mistaken for what every object has', () => {
    expect(check('factory.pools[0].gpu=constructor')).toHaveLength(1);
  });
});

describe('suggestions', () => {
  it('forgive case, hyphens and a missing end, but not another word', () => {
    expect(closest('maxbatchedtokens', ['maxSequences', 'maxBatchedTokens'])).toBe('maxBatchedTokens');
    expect(closest('log-normal', ['uniform', 'lognormal'])).toBe('lognormal');
    expect(closest('h100', ['h200-sxm', 'h100-sxm'])).toBe('h100-sxm');
    expect(closest('banana', ['replicas', 'role'])).toBeUndefined();
    expect(closest('', ['replicas'])).toBeUndefined();
  });
});
