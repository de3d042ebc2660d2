import type { Reply } from './route.ts'

/**
 * The reply to whoever asks by a handle that a thing had before (RFC 9110, 15.4.2); null where `ref` is its id or the handle
 * it has.
 * @param path its address by its handle, which is escaped already.
 */
export function movedTo(
  path: (handle: string) => string,
  { id, handle }: { id: string; handle: string },
  ref: string,
  request: Request,
): Reply | null {
  if (ref === id || ref === handle) return null
  const Location = path(encodeURIComponent(handle)) + new URL(request.url).search
  return { status: 301, body: undefined, headers: { Location } }
}
