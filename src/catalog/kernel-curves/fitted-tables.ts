/** The tables the curves were fitted to. Written by `goodput calibrate --kernels`. */
export const fittedTables = {
  count: 184,
  sha256: '942d71ad499cc82786b14aa3084d91d3d094e2b4b7b501ad1176ebc5d383ed72',
} as const;
