/** The answer of `work`. @throws {Error} when it takes longer than `limitMs`; what it does then is not waited for. */
export async function withinLimit<Answer>(limitMs: number, work: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the payment service exceeded its time limit')), limitMs)
  })
  try {
    return await Promise.race([work, limit])
  } finally {
    clearTimeout(timer)
  }
}

/**
 * The same of a call that can be broken off. Not by `AbortSignal.timeout`, whose timer outlives the answer: it would run to its
 * end for each of the many calls that a run of the cron makes.
 */
export async function callWithinLimit<Answer>(
  limitMs: number,
  call: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const abort = new AbortController()
  try {
    return await withinLimit(limitMs, call(abort.signal))
  } finally {
    abort.abort()
  }
}
