import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Child, embedJson, escapeHtml, markup } from '../../../src/report/html/markup.js';

describe('markup', () => {
  it('shows what is put into it as text, between tags and between quotes', () => {
    const name = '"><script>alert(1)</script>';
    expect(markup`<p title="${name}">${name}</p>`.text).toBe(
      '<p title="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</p>',
    );
  });

  it('takes markup as it is, also in lists, and leaves out what is not there', () => {
    const items: Child[] = [markup`<b>1</b>`, null, 'a<b', undefined, false];
    expect(markup`<p>${items}${0}</p>`.text).toBe('<p><b>1</b>a&lt;b0</p>');
  });

  it('keeps lines and drops what steers terminals or the direction of writing', () => {
    expect(escapeHtml('a\u001b[31mb\n\u202ec')).toBe('ab\nc');
  });

  it('never lets text begin or end an element, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => !/[<>"']/.test(escapeHtml(text))));
  });
});

describe('embedded JSON', () => {
  it('cannot end the element that it stands in, and is the same value', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.constant('</script><!--'), fc.constant('\u2028')), (text) => {
        const embedded = embedJson({ [text]: [text] }).text;
        expect(embedded).not.toMatch(/[<\u2028\u2029]/);
        expect(JSON.parse(embedded)).toEqual(JSON.parse(JSON.stringify({ [text]: [text] })));
      }),
    );
  });
});
