const AWAY = 14;

/** Says what a mark stands for: under the pointer, and with the arrow keys where a chart has the focus. */
export function showTips(): void {
  const box = document.querySelector<HTMLElement>('#tip');
  if (box === null) return;
  const show = (mark: Element, x: number, y: number) => {
    const text = mark.getAttribute('data-tip') ?? '';
    if (box.textContent !== text) box.textContent = text;
    box.hidden = false;
    const { width, height } = box.getBoundingClientRect();
    const left = x + AWAY + width > innerWidth ? x - AWAY - width : x + AWAY;
    const top = y + AWAY + height > innerHeight ? y - AWAY - height : y + AWAY;
    box.style.left = `${Math.max(4, left)}px`;
    box.style.top = `${Math.max(4, top)}px`;
  };
  const hide = () => {
    box.hidden = true;
    for (const mark of document.querySelectorAll('.here')) mark.classList.remove('here');
  };
  document.addEventListener('pointermove', (event) => {
    const mark = event.target instanceof Element ? event.target.closest('[data-tip]') : null;
    if (mark === null) hide();
    else show(mark, event.clientX, event.clientY);
  });
  document.addEventListener('focusin', (event) => {
    if (event.target instanceof Element && event.target.closest('.drawing') === null) hide();
  });
  for (const drawing of document.querySelectorAll<HTMLElement>('.drawing')) {
    drawing.tabIndex = 0;
    drawing.setAttribute('role', 'group');
    drawing.setAttribute(
      'aria-label',
      `${drawing.querySelector('svg')?.getAttribute('aria-label') ?? 'chart'}: arrow keys go through its marks`,
    );
    drawing.addEventListener('blur', hide);
    drawing.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') hide();
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const marks = [...drawing.querySelectorAll('[data-tip]:not(.hidden)')];
      if (by === undefined || marks.length === 0) return;
      event.preventDefault();
      const at = marks.findIndex((mark) => mark.classList.contains('here'));
      hide();
      const mark = marks[at === -1 ? (by === 1 ? 0 : marks.length - 1) : (at + by + marks.length) % marks.length];
      mark.classList.add('here');
      const { left, top, width, height } = mark.getBoundingClientRect();
      show(mark, left + width / 2, top + height / 2);
    });
  }
}
