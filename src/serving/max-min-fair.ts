/**
 * Max-min fair rates of flows that each cross one port out and one port in: no flow can get more without a slower one
 * getting less. Progressive filling: the port with the least capacity per flow is the bottleneck of its flows; they are
 * settled at that rate, and the rest goes on without them. So does a flow whose own limit is lower than that.
 *
 * Source: D. Bertsekas and R. Gallager, "Data Networks", 2nd ed., 1992, 6.5.2.
 *
 * @param from port out of each flow
 * @param to port in of each flow
 * @param ports bytes per second of each port, in and out alike
 * @param oneFlow bytes per second that a port gives a single flow at most; default: all it has
 * @returns bytes per second of each flow
 * @example maxMinFairRates([0, 0], [1, 2], Float64Array.of(10, 10, 10)) // [5, 5]
 */
export function maxMinFairRates(
  from: readonly number[],
  to: readonly number[],
  ports: Float64Array,
  oneFlow: Float64Array = ports,
): number[] {
  const flows = from.length;
  const rates = new Array<number>(flows).fill(0);
  // Ports out are numbered as they are, ports in follow.
  const count = ports.length;
  const free = new Float64Array(2 * count);
  const crossing = new Int32Array(2 * count);
  const used: number[] = [];
  const cross = (port: number): void => {
    if (crossing[port]++ > 0) return;
    free[port] = ports[port % count];
    used.push(port);
  };
  for (let flow = 0; flow < flows; flow++) {
    cross(from[flow]);
    cross(count + to[flow]);
  }
  const limit = (flow: number): number => Math.min(oneFlow[from[flow]], oneFlow[to[flow]]);
  const settled = new Uint8Array(flows);
  for (let open = flows; open > 0; ) {
    let bottleneck = -1;
    let rate = Number.POSITIVE_INFINITY;
    for (const port of used) {
      const fair = free[port] / crossing[port];
      if (crossing[port] > 0 && fair < rate) {
        rate = fair;
        bottleneck = port;
      }
    }
    // A flow that cannot take its share leaves more to the others.
    let isLimited = false;
    for (let flow = 0; flow < flows; flow++) {
      if (settled[flow] === 1 || limit(flow) >= rate) continue;
      rate = limit(flow);
      isLimited = true;
    }
    for (let flow = 0; flow < flows; flow++) {
      const out = from[flow];
      const into = count + to[flow];
      if (settled[flow] === 1) continue;
      if (isLimited ? limit(flow) > rate : out !== bottleneck && into !== bottleneck) continue;
      rates[flow] = rate;
      settled[flow] = 1;
      open--;
      free[out] -= rate;
      crossing[out]--;
      free[into] -= rate;
      crossing[into]--;
    }
  }
  return rates;
}
