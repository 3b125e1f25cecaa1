import { describe, expect, it } from 'vitest';
import { escapeMarkdown, renderMarkdown } from '../../src/report/markdown.js';
import { madeUpResult } from './made-up.js';

describe('a result in Markdown', () => {
  it('says what the table says', () => {
    const text = renderMarkdown(madeUpResult());
    expect(text.startsWith('### made up\n\n- **model** llama-3.1-70b in fp8, served by vllm\n')).toBe(true);
    expect(text).toMatch(/\| TTFT +\| +343 ms \|.*\| ≤ 2 s \| ✓ all \|/);
    expect(text).toContain('- **goodput** 95.3 % of requests good, 11.4 requests/s, 2,930 output tokens/s\n');
    expect(text).toContain('- **expected** ✗ ttftMs.p99: 1,248, expected max 1000\n');
  });

  it('shows hostile names as they are written', () => {
    const name = 'a|b`c`<img src=x onerror=alert(1)>\u2028[x](https://evil.example) @everyone $y$ **z**';
    const text = renderMarkdown(madeUpResult(name, [{ name }, { name: 'b' }]));
    expect(text).not.toContain('<img');
    expect(text).not.toMatch(/@e|https:\/\/|[^\\]\*\*z|[^\\]`|[^\\]\[x/);
    const row = text.split('\n').find((line) => line.startsWith('| a'));
    // As many cells as the heading has: no pipe of the name divides a cell.
    expect(row?.split(/(?<!\\)\|/).length).toBe(9);
  });

  it('keeps everything on its line', () => {
    expect(escapeMarkdown('a\n# b\r\n- c')).toBe('a \\# b - c');
  });
});
