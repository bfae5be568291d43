/** The sizes of text in the window, in percent of the usual. */
export const TEXT_SIZES: readonly number[] = [80, 90, 100, 110, 125, 150, 175, 200];

/** One size larger (1), smaller (−1), or the usual one (0); nothing where there is none. */
export function stepped(now: number, step: 1 | -1 | 0): number | undefined {
  if (step === 0) return 100;
  return step === 1
    ? TEXT_SIZES.find((size) => size > now)
    : TEXT_SIZES.findLast((size) => size < now);
}
