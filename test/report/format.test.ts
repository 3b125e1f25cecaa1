import { describe, expect, it } from 'vitest';
import { count, dollars, latency, latencyLimit, number, percent, setting, span } from '../../src/report/format.js';

describe('number', () => {
  it.each([
    [0, '0'],
    [1, '1.00'],
    [12.345, '12.3'],
    [999.6, '1,000'],
    [1234.5, '1,230'],
    [12345678, '12,300,000'],
    [0.00123456, '0.00123'],
    [-1234.5, '-1,230'],
    [1.2345e20, '1.23e20'],
    [1.2345e-9, '1.23e-9'],
    [9.996, '10.0'],
    [null, '–'],
    [undefined, '–'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%s is written %s', (value, text) => expect(number(value)).toBe(text));
});

describe('percent', () => {
  it.each([
    [0, '0 %'],
    [1, '100 %'],
    [0.95297, '95.3 %'],
    [0.99996, '>99.9 %'],
    [0.00001, '<0.01 %'],
    [-0.8334, '-83.3 %'],
    [null, '–'],
  ])('%s is written %s', (value, text) => expect(percent(value)).toBe(text));
});

describe('times', () => {
  it.each([
    [0, '0 ms'],
    [0.5, '500 µs'],
    [12.34, '12.3 ms'],
    [999.7, '1.00 s'],
    [4321, '4.32 s'],
    [null, '–'],
  ])('a latency of %s ms is written %s', (value, text) => expect(latency(value)).toBe(text));

  it.each([
    [0.05, '50 ms'],
    [2, '2 s'],
    [0.0005, '500 µs'],
  ])('a limit of %s s is written %s', (value, text) => expect(latencyLimit(value)).toBe(text));

  it.each([
    [90, '90 s'],
    [1800, '30 min'],
    [7200, '2 h'],
    [86400 * 3, '3 d'],
    [0.5, '500 ms'],
  ])('a span of %s s is written %s', (value, text) => expect(span(value)).toBe(text));
});

it('counts keep every digit, settings lose idle zeros, money may be negative', () => {
  expect(count(1234567)).toBe('1,234,567');
  expect(setting(2.5)).toBe('2.5');
  expect(setting(100)).toBe('100');
  expect(dollars(0.31234)).toBe('$0.312');
  expect(dollars(-3.2)).toBe('-$3.20');
});
