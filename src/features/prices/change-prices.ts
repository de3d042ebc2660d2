import type * as z from 'zod'
import type { Context } from '../../platform/http/context.ts'
import { Problem, type ProblemError } from '../../platform/http/problem.ts'
import { mustBe } from '../../platform/http/staff-change.ts'
import type { ChangePrices } from './contract.ts'
import { commitPrices } from './edit.ts'
import {
  findListCurrency,
  findPriceList,
  type ListPriceKey,
  listVariantRefs,
  type PriceListRow,
  type VariantRef,
} from './list-queries.ts'

type Change = z.output<ReturnType<typeof ChangePrices>>
type Wish = Change['remove'][number]

/**
 * Sets and removes prices of a list: two trips, the second one the change.
 * @throws {Problem} price_list_not_found, version_mismatch, invalid_request: unknown variants, one price named twice,
 *   another currency than that of the list's market.
 */
export async function changePrices(
  context: Context,
  id: string,
  { set, remove }: Change,
  ifMatch: number | null,
): Promise<PriceListRow> {
  const wishes: Wish[] = [...set, ...remove]
  const ids = wishes.flatMap(({ variant_id }) => variant_id ?? [])
  const skus = wishes.flatMap(({ sku }) => sku ?? [])
  const [[found], [market], refs] = await context.db.read(
    findPriceList(id),
    findListCurrency(id),
    listVariantRefs(ids, skus),
  )
  const list = mustBe(found, 'price_list_not_found', ifMatch)
  if (wishes.length === 0) return list

  const byName = new Map(refs.flatMap((ref) => namesOf(ref).map((name) => [name, ref] as const)))
  const seen = new Map<string, string>()
  const faults: ProblemError[] = []
  const resolve = (wish: Wish, pointer: string): (ListPriceKey & { productId: string }) | null => {
    const ref = byName.get(nameOf(wish))
    if (!ref) {
      const field = wish.sku === undefined ? 'variant_id' : 'sku'
      faults.push({ pointer: `${pointer}/${field}`, detail: 'is not a variant' })
      return null
    }
    if (market && wish.currency !== market.currency) {
      faults.push({ pointer: `${pointer}/currency`, detail: `must be ${market.currency}, the list's market's` })
    }
    const key = JSON.stringify([ref.id, wish.currency, wish.min_quantity])
    const first = seen.get(key)
    if (first !== undefined) faults.push({ pointer, detail: `is the same price as ${first}` })
    seen.set(key, first ?? pointer)
    return { variantId: ref.id, currency: wish.currency, minQuantity: wish.min_quantity, productId: ref.productId }
  }
  const wanted = set.map((wish, index) => ({ found: resolve(wish, `/set/${index}`), amount: wish.amount }))
  const gone = remove.map((wish, index) => resolve(wish, `/remove/${index}`))
  if (faults.length > 0) throw new Problem('invalid_request', { errors: faults })

  const setKeys = wanted.flatMap(({ found, amount }) => (found ? [{ ...found, amount }] : []))
  const goneKeys = gone.flatMap((found) => found ?? [])
  return commitPrices(context, list, {
    set: setKeys,
    remove: goneKeys,
    productIds: [...setKeys, ...goneKeys].map(({ productId }) => productId),
    action: 'price_list.prices_changed',
    status: null,
  })
}

function nameOf({ variant_id, sku }: Wish): string {
  return JSON.stringify(sku === undefined ? { variant_id } : { sku })
}

function namesOf({ id, sku }: VariantRef): string[] {
  return [nameOf({ variant_id: id } as Wish), ...(sku === null ? [] : [nameOf({ sku } as Wish)])]
}
