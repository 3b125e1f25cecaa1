/**
 * Max-min fair rates of flows that each cross one port out and one port in: no flow can get more without a slower one
 * getting less. Progressive filling: the port with the least capacity per flow is the bottleneck of its flows; they are
 * settled at that rate, and the rest goes on without them.
 *
 * Source: D. Bertsekas and R. Gallager, "Data Networks", 2nd ed., 1992, 6.5.2.
 *
 * @param from port out of each flow
 * @param to port in of each flow
 * @param ports bytes per second of each port, in and out alike
 * @returns bytes per second of each flow
 * @example maxMinFairRates([0, 0], [1, 2], Float64Array.of(10, 10, 10)) // [5, 5]
 */
export function maxMinFairRates(from: readonly number[], to: readonly number[], ports: Float64Array): number[] {
  const rates = new Array<number>(from.length).fill(0);
  const open = new Set(from.keys());
  // Ports out are numbered as they are, ports in follow.
  const free = new Map<number, number>();
  const crossing = new Map<number, number>();
  const inPort = (flow: number) => ports.length + to[flow];
  for (const flow of open) {
    for (const [port, rate] of [
      [from[flow], ports[from[flow]]],
      [inPort(flow), ports[to[flow]]],
    ]) {
      free.set(port, rate);
      crossing.set(port, (crossing.get(port) ?? 0) + 1);
    }
  }
  while (open.size > 0) {
    let bottleneck = -1;
    let rate = Number.POSITIVE_INFINITY;
    for (const [port, flows] of crossing) {
      const fair = (free.get(port) as number) / flows;
      if (flows > 0 && fair < rate) {
        rate = fair;
        bottleneck = port;
      }
    }
    for (const flow of [...open]) {
      if (from[flow] !== bottleneck && inPort(flow) !== bottleneck) continue;
      rates[flow] = rate;
      open.delete(flow);
      for (const port of [from[flow], inPort(flow)]) {
        free.set(port, (free.get(port) as number) - rate);
        crossing.set(port, (crossing.get(port) as number) - 1);
      }
    }
  }
  return rates;
}
