import { describe, expect, it } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import { MINIMAL } from './minimal.js';

const parse = (...overrides: string[]) => parseScenario(MINIMAL, { file: 'chat.yaml', overrides }).scenario;

describe('--set', () => {
  it('overrides a value, with the index in brackets or after a dot', () => {
    expect(parse('factory.pools[0].replicas=4').factory.pools[0].replicas).toBe(4);
    expect(parse('factory.pools.0.replicas=4').factory.pools[0].replicas).toBe(4);
  });

  it('creates sections that the file leaves out', () => {
    expect(parse('factory.pools[0].kvCache.blockTokens=64', 'router.policy=central')).toMatchObject({
      factory: { pools: [{ kvCache: { blockTokens: 64, memoryFraction: 0.9 } }] },
      router: { policy: 'central' },
    });
  });

  it('reads its value as YAML', () => {
    expect(parse('traffic[0].arrivals={ process: constant, rate: 90/min }').traffic[0].arrivals).toEqual({
      process: 'constant',
      rate: 1.5,
    });
    expect(parse('name=a=b').name).toBe('a=b');
  });

  it('removes a key by null or nothing, and applies in order', () => {
    expect(parse('horizon.requests=5', 'horizon.requests=', 'horizon.duration=1h').horizon).toEqual({
      duration: 3600,
      warmup: 0,
    });
  });

  it('reaches keys with dots through quotes', () => {
    expect(parse('economics.gpuHour["my.gpu"]=2').economics.gpuHour).toEqual({ 'my.gpu': 2 });
  });

  it('leaves a second use of an alias alone', () => {
    const text = MINIMAL.replace('    - gpu', '    - &pool\n      gpu').concat('    - *pool\n');
    const { scenario } = parseScenario(text, { overrides: ['factory.pools[1].replicas=3'] });
    expect(scenario.factory.pools.map(({ replicas }) => replicas)).toEqual([1, 3]);
  });

  it.each([
    ['factory.pools[3].replicas=4', 'factory.pools[3]: there is no such entry (allowed: 0 to 0'],
    [
      'factory.pools.replicas=4',
      'factory.pools: is a list: say which entry (found "replicas"); such as factory.pools[0].replicas',
    ],
    ['factory.pools[0].replica=4', 'did you mean "replicas"?'],
    ['factry.pools=4', 'factry: unknown key'],
    ['name.first=4', 'name: has no keys that could be set (found "chat")'],
    ['factory.pools[0].replicas=many', 'must be a whole number (found "many"'],
    ['factory.pools[0].replicas=[1', 'is not valid YAML'],
    ['factory', 'is no override'],
    ['=4', 'is no override'],
    ['factory..pools=4', 'is not a path'],
    ['factory.pools[x]=4', 'is not a path'],
    ['__proto__.polluted=1', '__proto__: unknown key'],
    ['constructor.prototype.polluted=1', 'constructor: unknown key'],
    ['seed=*a', 'aliases'],
  ])('%s is refused', (setting, fragment) => {
    expect(() => parse(setting)).toThrow(`--set ${setting}: `);
    expect(() => parse(setting)).toThrow(fragment);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});
