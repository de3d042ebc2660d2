import { TypeID } from 'typeid-js'
import { v7 } from 'uuid'
import { ID_PREFIX, type Id, type IdKind, type Mint } from '../../domain/id.ts'

/** Random bytes, as an argument: tests bring their own. */
export type Random = (length: number) => Uint8Array

export const cryptoRandom: Random = (length) => crypto.getRandomValues(new Uint8Array(length))

/** Mints TypeIDs whose UUIDv7 holds `now` and bytes of `random`. */
export function createMint(now: Date, random: Random): Mint {
  return <Kind extends IdKind>(kind: Kind) => {
    const bytes = v7({ msecs: now.getTime(), random: random(16) }, new Uint8Array(16))
    return TypeID.fromUUIDBytes(ID_PREFIX[kind], bytes).toString() as Id<Kind>
  }
}
