import { matchesItem } from '../../src/domain/item-filter.ts'
import { LANES, laneOf, PROMOTION_REFUSALS, type Unlock } from '../../src/domain/promotion.ts'
import { quote } from '../../src/domain/quote.ts'
import type { QuoteInput } from '../../src/domain/quote-input.ts'
import type { Quote } from '../../src/domain/quoted.ts'
import { ratesFor, type TaxRate } from '../../src/domain/tax.ts'
import { line } from './quoting.ts'

const sum = (amounts: readonly number[]) => amounts.reduce((left, right) => left + right, 0)
const amountsOf = (parts: readonly { amount: number }[]) => sum(parts.map(({ amount }) => amount))

function hold(holds: boolean, what: string): void {
  if (!holds) throw new Error(what)
}

/** Far cheaper than `expect`, of which a drill would need millions. */
function same(actual: unknown, expected: unknown, what: string): void {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)]
  hold(left === right, `${what}: ${left} is not ${right}`)
}

function between(value: number, most: number, what: string): void {
  hold(value >= 0 && value <= most, `${what}: ${value} is not within 0..${most}`)
}

type Law = (result: Quote, cart: QuoteInput, more: { seed: number; line: QuoteInput['lines'][number] }) => void

/** What holds for every cart; a law throws where it does not. */
export const LAWS: Readonly<Record<string, Law>> = {
  'the total is its parts': ({ totals, lines, shipping }) => {
    const onTop = (tax: number) => (totals.tax_included ? 0 : tax)
    same(totals.total, totals.subtotal - totals.discount + totals.shipping + onTop(totals.tax), 'total')
    same(totals.subtotal, sum(lines.map(({ subtotal }) => subtotal)), 'subtotal')
    same(totals.discount, sum(lines.map(({ discount }) => discount)) + totals.shipping_discount, 'discount')
    same(totals.tax, sum(lines.map(({ tax }) => tax)) + totals.shipping_tax, 'tax')
    same(
      [totals.shipping, totals.shipping_discount, totals.shipping_tax],
      [shipping?.amount ?? 0, shipping?.discount ?? 0, shipping?.tax ?? 0],
      'shipping',
    )
    const shipped = totals.shipping - totals.shipping_discount + onTop(totals.shipping_tax)
    same(totals.total, sum(lines.map(({ total }) => total)) + shipped, 'lines and shipping')
  },

  'each line and shipping is its price, its discounts and its taxes': ({ lines, shipping, totals }, cart) => {
    const quoted = new Map(lines.map((line) => [line.id, line]))
    same(quoted.size, cart.lines.length, 'lines')
    for (const { id, unitAmount, quantity } of cart.lines) {
      const line = quoted.get(id)
      if (!line) throw new Error(`no line ${id}`)
      same(line.subtotal, line.unitAmount * quantity, 'subtotal of a line')
      if (cart.taxExempt) between(line.unitAmount, unitAmount, 'price without tax')
      else same(line.unitAmount, unitAmount, 'price')
      same(line.discount, amountsOf(line.discounts), 'discount of a line')
      same(line.tax, amountsOf(line.taxes), 'tax of a line')
      same(line.total, line.subtotal - line.discount + (totals.tax_included ? 0 : line.tax), 'total of a line')
    }
    if (!shipping) return
    same(shipping.discount, amountsOf(shipping.discounts), 'discount of shipping')
    same(shipping.tax, amountsOf(shipping.taxes), 'tax of shipping')
  },

  '0 <= net <= gross, and a tax inside it is within the net': ({ lines, shipping, totals }, cart) => {
    for (const { subtotal, discount, tax } of [
      ...lines,
      ...(shipping ? [{ ...shipping, subtotal: shipping.amount }] : []),
    ]) {
      between(discount, subtotal, 'discount')
      if (totals.tax_included && !cart.providedTaxes) between(tax, subtotal - discount, 'tax inside')
      hold(tax >= 0, 'a tax below nothing')
    }
  },

  'each promotion gives what its lines and shipping were given': ({ applied, lines, shipping, totals }) => {
    const given = [...lines.flatMap(({ discounts }) => discounts), ...(shipping?.discounts ?? [])]
    hold(
      given.every(({ amount }) => amount > 0),
      'a discount of nothing',
    )
    for (const { promotionId, lane, amount } of applied) {
      same(amount, amountsOf(given.filter((each) => each.promotion_id === promotionId)), `given by ${promotionId}`)
      const shipped = shipping?.discounts.some((each) => each.promotion_id === promotionId) ?? false
      hold(!shipped || lane === 'shipping', 'shipping is discounted in its own lane alone')
      if (lane === 'shipping') same(amount, shipped ? amount : 0, 'a shipping promotion on goods')
    }
    same(amountsOf(applied), totals.discount, 'given in all')
    const order = applied.map(({ lane }) => LANES.indexOf(lane))
    same(order, [...order].sort(), 'lanes')
  },

  'every candidate is applied or refused, with a reason': ({ applied, refused }, cart) => {
    const told = [...applied, ...refused].map(({ promotionId, code }) => `${promotionId} ${code}`)
    const wanted = cart.promotions.map(({ promotion, code }) => `${promotion.id} ${code}`)
    same(told.sort(), wanted.sort(), 'candidates')
    same(new Set(applied.map(({ promotionId }) => promotionId)).size, applied.length, 'two of one promotion')
    hold(
      refused.every(({ reason }) => PROMOTION_REFUSALS.includes(reason)),
      'a reason of its own',
    )
  },

  'what stands in the way applies, and what is missing is more than nothing': ({ applied, refused }) => {
    const ids = applied.map(({ promotionId }) => promotionId)
    for (const { unlock, reason, promotionId } of refused) {
      if (unlock?.kind === 'remove_promotion') {
        hold(unlock.promotion_ids.length > 0, `nothing stands in the way of ${promotionId}`)
        hold(
          unlock.promotion_ids.every((id) => ids.includes(id)),
          `what stands in the way of ${promotionId} does not apply`,
        )
      }
      // Of two codes of one promotion the second has nothing to be unlocked.
      if (reason === 'not_combinable' && !ids.includes(promotionId)) same(unlock?.kind, 'remove_promotion', promotionId)
      if (unlock?.kind === 'add') hold(unlock.quantity > 0, `add nothing for ${promotionId}`)
      if (unlock?.kind === 'spend') hold(unlock.amount > 0, `spend nothing for ${promotionId}`)
    }
  },

  'whoever brings what is said to be missing gets there': ({ refused }, cart) => {
    for (const { promotionId, code, reason, unlock } of refused) {
      const candidate = cart.promotions.find((each) => each.promotion.id === promotionId && each.code === code)
      if (!candidate || cart.taxExempt) continue
      let [missing, lines] = [unlock, cart.lines]
      // One step at a time: first what is bought, then what is got; a bundle has three things at most.
      for (let step = 0; missing?.kind === 'add' || missing?.kind === 'spend'; step += 1) {
        hold(step < 10, `${promotionId} still lacks ${JSON.stringify(missing)}`)
        const more = matching(missing, step)
        // A filter may exclude all that it names.
        if (!matchesItem(missing.items, more)) break
        lines = [...lines, more]
        const [after] = quote({ ...cart, lines, promotions: [candidate], refusals: {} }).refused
        missing = after?.reason === reason ? after.unlock : null
      }
    }
  },

  'goods promotions say truly whether others stand in their way': ({ applied, refused }, cart) => {
    for (const { promotionId, code, reason } of refused) {
      const candidate = cart.promotions.find((each) => each.promotion.id === promotionId && each.code === code)
      if (!candidate || laneOf(candidate.promotion.effect) === 'shipping') continue
      if (applied.some((each) => each.promotionId === promotionId)) continue
      const alone = quote({ ...cart, promotions: [candidate] }).refused[0]?.reason ?? 'applied'
      if (reason === 'no_entitled_items') same(alone, reason, `${promotionId} alone`)
      // More is left for it when it is alone, which may be more than its budget.
      if (reason === 'not_combinable')
        hold(alone === 'applied' || alone === 'usage_limit', `${promotionId} alone: ${alone}`)
    }
  },

  'exclusive promotions are alone in the cart or in their lane': ({ applied }, cart) => {
    const byId = new Map(cart.promotions.map(({ promotion }) => [promotion.id, promotion]))
    for (const { promotionId, lane } of applied) {
      const beside = applied.filter((other) => other.promotionId !== promotionId)
      const { exclusive } = byId.get(promotionId) ?? {}
      if (exclusive === 'cart') same(beside, [], 'beside one that is alone in the cart')
      if (exclusive === 'lane')
        same(
          beside.filter((other) => other.lane === lane),
          [],
          'beside one that is alone in its lane',
        )
    }
  },

  'no budget is passed': ({ applied }, cart) => {
    if (cart.limitsClaimed) return
    for (const { promotionId, amount } of applied) {
      const budget = cart.promotions.find(({ promotion }) => promotion.id === promotionId)?.promotion.budgets[
        cart.currency
      ]
      if (budget) hold(budget.spent + Math.max(amount, 1) <= budget.amount, `the budget of ${promotionId}`)
    }
  },

  'a tax is its rate of the net, half a unit off at most for each time it is rounded': ({ lines }, cart) => {
    if (!cart.tax || cart.taxExempt || cart.providedTaxes) return
    const quoted = new Map(lines.map((line) => [line.id, line]))
    for (const { id, quantity, taxCategory } of cart.lines) {
      const line = quoted.get(id)
      const rates = ratesFor(cart.tax, taxCategory)
      if (!line || rates.length === 0) continue
      const times = BigInt(cart.rounding.level === 'unit' ? quantity : 1)
      const net = BigInt(line.subtotal - line.discount)
      const { shares, whole } = sharesOf(rates)
      const pairs: [number, bigint, bigint][] = cart.tax.included
        ? [
            [
              line.tax,
              shares.reduce((left, right) => left + right, 0n),
              whole + shares.reduce((left, right) => left + right, 0n),
            ],
          ]
        : line.taxes.map(({ amount }, index) => [amount, shares[index] ?? 0n, whole])
      for (const [tax, share, of] of pairs) {
        const twice = 2n * (BigInt(tax) * of - net * share)
        hold(twice <= times * of && twice >= -times * of, `a tax of ${tax} on ${net}`)
      }
    }
  },

  'taxes are summed by name and rate': ({ taxes, totals, lines, shipping }) => {
    same(amountsOf(taxes), totals.tax, 'sums of taxes')
    for (const { name, rate_ppm, amount } of taxes) {
      const all = [...lines.flatMap((line) => line.taxes), ...(shipping?.taxes ?? [])]
      same(amount, amountsOf(all.filter((tax) => tax.name === name && tax.rate_ppm === rate_ppm)), `sum of ${name}`)
    }
  },

  'there is no tax without a zone, nor for a buyer who accounts for it': ({ totals }, cart) => {
    if (!cart.providedTaxes && (!cart.tax || cart.taxExempt)) same(totals.tax, 0, 'tax')
  },

  'shipping is what was chosen of what is offered, where anything is shipped': (
    { shipping, shippingOptions },
    cart,
  ) => {
    const needed = cart.lines.some(({ requiresShipping }) => requiresShipping)
    if (!needed) same([shipping, shippingOptions], [null, []], 'nothing to ship')
    const option = shippingOptions.find(({ id }) => id === cart.shipping.chosenId)
    same(shipping && [shipping.option_id, shipping.amount], option ? [option.id, option.amount] : null, 'shipping')
  },

  'all amounts are whole minor units, never minus nothing': (result) => {
    const walk = (value: unknown): void => {
      if (typeof value === 'number') hold(Number.isSafeInteger(value) && !Object.is(value, -0), `an amount of ${value}`)
      else if (value && typeof value === 'object') Object.values(value).forEach(walk)
    }
    walk(result)
  },

  'gift cards pay what is due, change nothing else, and give no more than they hold': (result, cart) => {
    const { giftCards, totals, ...rest } = result
    const used = amountsOf(giftCards)
    same(used, Math.min(totals.total, sum(cart.giftCards.map(({ balance }) => balance))), 'used')
    same(totals.amount_due, totals.total - used, 'due')
    hold(totals.amount_due >= 0, 'due below nothing')
    for (const { id, amount } of giftCards) {
      between(amount, cart.giftCards.find((card) => card.id === id)?.balance ?? 0, 'used of a card')
    }
    const { giftCards: _, totals: bare, ...without } = quote({ ...cart, giftCards: [] })
    same([rest, { ...totals, amount_due: 0 }], [without, { ...bare, amount_due: 0 }], 'without cards')
  },

  'the same cart has the same quote': (result, cart) => same(quote(cart), result, 'again'),

  'the order of lines and promotions changes nothing but the order of lines': (result, cart, { seed }) => {
    const moved = { ...cart, lines: permuted(cart.lines, seed), promotions: permuted(cart.promotions, seed) }
    const { lines, ...rest } = quote(moved)
    same(
      lines.map(({ id }) => id),
      moved.lines.map(({ id }) => id),
      'order of lines',
    )
    const { lines: before, ...restBefore } = result
    same(rest, restBefore, 'all but lines')
    const byId = (all: Quote['lines']) => [...all].sort((left, right) => (left.id < right.id ? -1 : 1))
    same(byId(lines), byId(before), 'lines')
  },

  'a further line lowers no other line before discounts, nor the subtotal': (result, cart, { line }) => {
    const after = quote({ ...cart, lines: [...cart.lines, line] })
    const grossOf = ({ id, unitAmount, subtotal }: Quote['lines'][number]) => [id, unitAmount, subtotal]
    same(after.lines.slice(0, -1).map(grossOf), result.lines.map(grossOf), 'gross of other lines')
    hold(after.totals.subtotal >= result.totals.subtotal, 'a lower subtotal')
  },
}

/** Goods that are just what is missing. */
function matching(unlock: Extract<Unlock, { kind: 'add' | 'spend' }>, step: number): QuoteInput['lines'][number] {
  const { product_ids, variant_ids, collection_ids, tags } = unlock.items ?? {}
  const [quantity, unitAmount] = unlock.kind === 'add' ? [unlock.quantity, 1000] : [1, unlock.amount]
  return line(`just that ${step}`, unitAmount, quantity, {
    ...{ productId: product_ids?.[0] ?? 'prod_new', variantId: variant_ids?.[0] ?? 'var_new' },
    ...{ collectionIds: collection_ids ?? [], tags: tags ?? [] },
  })
}

/** Each rate as a share of the price without tax, written out: compound ones on all that came before. */
function sharesOf(rates: readonly TaxRate[]): { shares: bigint[]; whole: bigint } {
  const whole = 1_000_000n ** BigInt(rates.length)
  const shares: bigint[] = []
  for (const { ratePpm, compound } of rates) {
    const on = compound ? shares.reduce((left, right) => left + right, whole) : whole
    // Divides without rest: each share is a multiple of a million for every rate still to come.
    shares.push((on * BigInt(ratePpm)) / 1_000_000n)
  }
  return { shares, whole }
}

function permuted<Item>(items: readonly Item[], seed: number): Item[] {
  const rest = [...items]
  return items.flatMap((_, index) => rest.splice((seed * (index + 7)) % rest.length, 1))
}
