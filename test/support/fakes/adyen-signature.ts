// The part of Adyen's own library that signs; the whole of it would bring its HTTP client along.
import * as library from '@adyen/api-library/lib/src/utils/hmacValidator.js'

type Validator = Pick<InstanceType<typeof library.default>, 'calculateHmac' | 'validateHMAC'>

// A module of CommonJS: which of the two it is depends on who has bundled it.
const exported = library.default as unknown as { default?: new () => Validator } & (new () => Validator)
const Validator = exported.default ?? exported

export const adyenValidator: Validator = new Validator()
export type AdyenItem = Parameters<Validator['validateHMAC']>[0]
