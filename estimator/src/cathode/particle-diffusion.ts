const TERMS = 12;

/** Positive roots of tan λ = λ, which are the decay modes of a sphere under constant flux. */
const SPHERE_ROOTS = Float64Array.from({ length: TERMS }, (_, k) => {
  // Newton on sin λ − λ cos λ from the asymptote (k + 3/2)π − 1/((k + 3/2)π), which is already within 1e-2.
  const asymptote = (k + 1.5) * Math.PI;
  let root = asymptote - 1 / asymptote;
  for (let i = 0; i < 8; i++) root -= (Math.sin(root) - root * Math.cos(root)) / (root * Math.sin(root));
  return root;
});

/**
 * How far the surface of the particles runs ahead of their mean under constant current, relative to its steady value of
 * (τ/15) dx/dt: 1 − 10 Σ exp(−λ²t/τ)/λ². The terms beyond those summed decay within τ/1500.
 * @param timeOverDiffusionTime - Time since the current was switched on over radius² / diffusivity, 0 and up.
 * Source: J. Crank, The Mathematics of Diffusion (1975), equation 6.45.
 */
export function surfaceLead(timeOverDiffusionTime: number): number {
  if (timeOverDiffusionTime > 1) return 1;
  let sum = 0;
  for (const root of SPHERE_ROOTS) sum += Math.exp(-root * root * timeOverDiffusionTime) / (root * root);
  return Math.max(0, 1 - 10 * sum);
}
