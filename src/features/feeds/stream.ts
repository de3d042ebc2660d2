/**
 * A body of texts that are made while it is sent, each only when the client has taken the one before. A fault before the
 * first text is thrown here and still becomes a problem; one after it breaks the connection off, so that nobody takes half
 * of the body for all of it.
 */
export async function streamTexts(
  texts: AsyncGenerator<string, void>,
  noteFault: (error: unknown) => void,
): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder()
  let next: IteratorResult<string, void> | null = await texts.next()
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = next ?? (await texts.next())
        next = null
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      } catch (error) {
        noteFault(error)
        controller.error(error)
      }
    },
    async cancel() {
      await texts.return()
    },
  })
}
