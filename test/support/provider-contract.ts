import { describe, expect, it } from 'vitest'
import type { Money } from '../../src/domain/money.ts'
import type { PaymentFact } from '../../src/domain/payment.ts'
import type { CaptureMethod, PaymentProvider, PaymentReference, SessionState } from '../../src/domain/provider.ts'
import { redact } from '../../src/features/webhooks-in/redact.ts'
import { systemContext } from '../../src/jobs/context.ts'
import { createMint, cryptoRandom } from '../../src/platform/crypto/mint.ts'
import { type FakeService, type Happening, type ServiceFault, SLOW_MS } from './fakes/fake-service.ts'
import { shopWith } from './fakes/rig.ts'

const usd = (amount: number): Money => ({ amount, currency: 'USD' })
const WHOLE = usd(10_000)
const FAULTS: readonly ServiceFault[] = ['slow', 'error', 'nonsense', 'cut_before', 'cut_after']

const HOUR_MS = 3600_000

interface Desk {
  fake: FakeService
  provider: PaymentProvider
}

interface Wanted {
  amount?: Money
  captureMethod?: CaptureMethod
  desk?: Desk
}

/** A payment that was opened, as the shop would know it. */
interface Opened extends Desk {
  payment: PaymentReference
  state: SessionState
  again(): Promise<SessionState>
  /** Captures that were told one by one. */
  parts: Map<string, number>
}

/**
 * What every provider must do, whatever its service is like: adding the next one is a folder, a fake and one call of this.
 * @param makeFake a service nobody has used yet. @param wish what `payment` of complete's body must hold for it.
 */
export function describeProvider(makeFake: () => FakeService, wish: Readonly<Record<string, string>> = {}): void {
  const { name, can } = makeFake()

  function open(): Desk {
    const fake = makeFake()
    const { bindings, deps } = shopWith(fake)
    const provider = systemContext('test', bindings, deps, () => {}).provider(fake.name)
    if (!provider) throw new Error(`${fake.name} is not switched on by its settings`)
    return { fake, provider }
  }

  /** A payment that is yet to be opened. */
  function wanted({ amount = WHOLE, captureMethod = 'automatic', desk = open() }: Wanted = {}) {
    const mint = createMint(new Date(), cryptoRandom)
    const { provider } = desk
    const base = { paymentId: mint('payment'), orderId: mint('order'), amount, origin: 'https://api.shop.example' }
    const expiresAt = new Date(Date.now() + provider.sessionLifetimeMs)
    const returnUrl = 'https://shop.example/thanks'
    const request = { ...base, expiresAt, captureMethod, returnUrl, cancelUrl: returnUrl, input: wish }
    return { desk, payment: { ...base, expiresAt }, ask: () => provider.openSession(request) }
  }

  async function opened(options: Wanted = {}): Promise<Opened> {
    const { desk, payment, ask } = wanted(options)
    const state = await ask()
    return { ...desk, payment: { ...payment, reference: state.reference }, state, parts: new Map(), again: ask }
  }

  /**
   * Long after. A service that cannot be asked what it has done must keep its keys for as long as anybody asks again, and its
   * adapter asks no later: its own tests show that.
   */
  function forgetKeys({ fake }: Desk): void {
    if (can.fetch) fake.forgetKeys()
  }

  /** All that the service now tells, as the inbox would learn it. */
  async function told({ fake, provider }: Desk) {
    const events = []
    for (const { body, headers } of await fake.takeDeliveries()) {
      const reading = await provider.readWebhook(new TextEncoder().encode(body), new Headers(headers), new Date())
      if (!reading.ok) throw new Error(`${name} refuses its own service: ${reading.why} ${reading.detail}`)
      for (const event of reading.events) {
        const answer = event.unread === 'hint' ? await provider.askAbout(event) : event
        events.push({ ...event, fact: answer.fact, paymentId: answer.paymentId, reference: answer.reference })
      }
    }
    return events
  }

  /** The last thing told of a payment's own money, with what was learned of its reference kept. */
  async function lastTold(of: Opened): Promise<PaymentFact | null> {
    let last: PaymentFact | null = null
    for (const { fact, paymentId, reference } of await told(of)) {
      if (reference !== null) of.payment.reference = reference
      if (!fact || fact.kind === 'refund' || fact.kind === 'dispute') continue
      expect(paymentId).toBe(of.payment.paymentId)
      last = summed(of, fact)
    }
    return last
  }

  /** A capture that is told by itself, as the ledger would have it: with all the others. */
  function summed({ parts }: Opened, fact: PaymentFact): PaymentFact {
    if (fact.kind !== 'captured' || fact.part === undefined) return fact
    const { part, ...rest } = fact
    parts.set(part, fact.amount.amount)
    const amount = [...parts.values()].reduce((sum, each) => sum + each, 0)
    return { ...rest, amount: { ...fact.amount, amount } }
  }

  /** What `answer` says, or, where the service only takes note, what it tells once it has happened. */
  async function become(of: Opened, answer: SessionState): Promise<PaymentFact | null> {
    if (answer.fact.kind !== 'processing') return answer.fact
    return lastTold(of)
  }

  const paid = async (amount = WHOLE, desk?: Desk) => {
    const of = await opened({ amount, ...(desk ? { desk } : {}) })
    await of.fake.happen(of.payment.paymentId, 'pay')
    await lastTold(of)
    return of
  }
  const authorized = async (desk?: Desk) => {
    const of = await opened({ captureMethod: 'manual', ...(desk ? { desk } : {}) })
    await of.fake.happen(of.payment.paymentId, 'pay')
    await lastTold(of)
    return of
  }
  const captureOf = (id: string, amount: number, { final = true, before = 0 } = {}) =>
    ({ id, amount: usd(amount), final, capturedBefore: before }) as const

  describe(`${name} keeps the contract of a provider`, () => {
    it('is called by its name, keeps sessions for at least 30 minutes, and offers nothing secret', () => {
      const { fake, provider } = open()
      expect(provider.name).toBe(fake.name)
      expect(provider.sessionLifetimeMs).toBeGreaterThanOrEqual(HOUR_MS / 2)
      const option = JSON.stringify(provider.option)
      for (const [variable, value] of Object.entries(fake.settings)) {
        if (/SECRET|HMAC|API_KEY/.test(variable)) expect(option).not.toContain(value)
      }
    })

    it('opens a session that waits for the shopper, once however often it is asked', async () => {
      const of = await opened()
      expect(of.state).toMatchObject({ fact: { kind: 'requires_action' } })
      expect(of.state.nextAction).not.toBeNull()
      expect(await of.again()).toEqual(of.state)
      expect(of.fake.effects).toEqual({ opened: 1, captured: 0, refunded: 0 })
      if (can.fetch) expect((await of.provider.fetchSession(of.payment))?.fact).toEqual({ kind: 'requires_action' })
      expect(of.provider.readStoredEvent('{', 'x')).toMatchObject({ fact: null, unread: 'malformed', eventId: 'x' })
    })

    it('is found again when the answer to its opening was lost', async () => {
      const of = await opened()
      if (!can.fetch) return
      const lost = { ...of.payment, reference: null }
      if (can.findByOurId === false) {
        // There is nothing to look it up by: it is opened again by the same key, and is the same one.
        expect(await of.provider.fetchSession(lost)).toBeNull()
        expect(await of.again()).toEqual(of.state)
        expect(of.fake.effects.opened).toBe(1)
        return
      }
      expect(await of.provider.fetchSession(lost)).toMatchObject({ fact: { kind: 'requires_action' } })
      await of.fake.happen(of.payment.paymentId, 'pay')
      // Some are completed by us once the shopper has approved: asking is what does it.
      expect((await of.provider.fetchSession(lost))?.fact).toMatchObject({ kind: 'captured', amount: WHOLE })
      expect(of.fake.effects.opened).toBe(1)
    })

    it('has never heard of what was never opened', async () => {
      const desk = open()
      const mint = createMint(new Date(), cryptoRandom)
      const never: PaymentReference = {
        ...{ paymentId: mint('payment'), orderId: mint('order'), reference: null, amount: WHOLE },
        ...{ expiresAt: new Date(Date.now() + HOUR_MS), origin: 'https://api.shop.example' },
      }
      if (can.fetch) expect(await desk.provider.fetchSession(never)).toBeNull()
      expect(desk.fake.effects.opened).toBe(0)
    })

    it('tells that it was paid, by event and when asked, with amount and our id', async () => {
      const of = await opened()
      await of.fake.happen(of.payment.paymentId, 'pay')
      expect(await lastTold(of)).toMatchObject({ kind: 'captured', amount: WHOLE })
      if (can.fetch)
        expect((await of.provider.fetchSession(of.payment))?.fact).toMatchObject({ kind: 'captured', amount: WHOLE })
      expect(of.fake.book(of.payment.paymentId)).toMatchObject({ status: 'captured', captured: WHOLE.amount })
      expect(of.fake.effects.captured).toBe(1)
    })

    it.each(['JPY', 'KWD', 'EUR', 'HUF'])('counts %s as ISO 4217 does', async (currency) => {
      const amount = { amount: currency === 'HUF' ? 123_400 : 12_340, currency }
      const desk = open()
      if (desk.provider.refuse({ amount, returnUrl: null, cancelUrl: null, input: wish })) return
      const of = await paid(amount, desk)
      if (can.fetch)
        expect((await of.provider.fetchSession(of.payment))?.fact).toMatchObject({ kind: 'captured', amount })
      expect(of.fake.book(of.payment.paymentId)).toMatchObject({ captured: amount.amount })
    })

    it('tells that it was declined', async () => {
      const of = await opened()
      await of.fake.happen(of.payment.paymentId, 'decline')
      expect(await lastTold(of)).toEqual({ kind: 'failed' })
      expect(of.fake.effects.captured).toBe(0)
    })

    it.runIf(can.pending)('tells of a slow method that it is under way, and then that it is paid', async () => {
      const of = await opened()
      await of.fake.happen(of.payment.paymentId, 'pend')
      expect(await lastTold(of)).toEqual({ kind: 'processing' })
      if (can.fetch) expect((await of.provider.fetchSession(of.payment))?.fact).toEqual({ kind: 'processing' })
      await of.fake.happen(of.payment.paymentId, 'pay')
      expect(await lastTold(of)).toMatchObject({ kind: 'captured', amount: WHOLE })
    })

    it('gives every event an id of its own, the same one each time it is sent', async () => {
      const of = await opened()
      await of.fake.happen(of.payment.paymentId, 'pay')
      const deliveries = await of.fake.takeDeliveries()
      const ids = async () => {
        const found: string[] = []
        for (const { body, headers } of deliveries) {
          const reading = await of.provider.readWebhook(
            new TextEncoder().encode(body),
            new Headers(headers),
            new Date(),
          )
          if (reading.ok) found.push(...reading.events.map(({ eventId }) => eventId))
        }
        return found
      }
      const first = await ids()
      expect(first.length).toBeGreaterThan(0)
      expect(await ids()).toEqual(first)
      expect(first.every((id) => id.length > 0 && id.length <= 200)).toBe(true)
    })

    it.each<Happening>([
      'pay',
      'decline',
      ...(can.pending ? (['pend'] as const) : []),
      'refund',
      ...(can.disputes ? (['dispute'] as const) : []),
    ])('reads an event that is stored, without what is private in it, as it read it when it came: %s', async (what) => {
      const of = what === 'refund' || what === 'dispute' ? await paid() : await opened()
      await of.fake.happen(of.payment.paymentId, what, what === 'refund' ? 1000 : undefined)
      const deliveries = await of.fake.takeDeliveries()
      expect(deliveries.length).toBeGreaterThan(0)
      for (const { body, headers } of deliveries) {
        const reading = await of.provider.readWebhook(new TextEncoder().encode(body), new Headers(headers), new Date())
        if (!reading.ok) throw new Error(`${name} refuses its own service: ${reading.why} ${reading.detail}`)
        for (const { payload, ...event } of reading.events) {
          const { payload: _, ...stored } = of.provider.readStoredEvent(redact(payload), event.eventId)
          if (stored.unread !== 'hint') expect(stored).toEqual(event)
          else {
            // What was asked about when it came is asked about again: it still says what that is.
            expect(stored).toMatchObject({ eventId: event.eventId, type: event.type })
            const answer = await of.provider.askAbout({ ...stored, payload: redact(payload) })
            expect(answer.paymentId).toBe(of.payment.paymentId)
          }
        }
      }
    })

    it('signs nonsense into an event that is kept, and reads nothing of it', async () => {
      const { fake, provider } = open()
      const bodies = can.signsOnly === 'objects' ? ['{"a":1}'] : ['{', '[]', 'null', '{"a":1}', '"x"']
      for (const body of bodies) {
        const signed = await fake.sign(body)
        const reading = await provider.readWebhook(
          new TextEncoder().encode(signed.body),
          new Headers(signed.headers),
          new Date(),
        )
        expect(reading, body).toMatchObject({ ok: true })
        if (reading.ok) {
          for (const event of reading.events) expect(event, body).toMatchObject({ fact: null, paymentId: null })
        }
      }
    })
  })

  describe(`${name} closes sessions`, () => {
    it('so that they cannot be paid any more, once however often it is asked', async () => {
      const of = await opened()
      expect((await of.provider.closeSession(of.payment)).fact).toEqual({ kind: 'closed' })
      expect((await of.provider.closeSession(of.payment)).fact).toEqual({ kind: 'closed' })
      await of.fake.happen(of.payment.paymentId, 'pay').catch(() => {})
      // Where the service cannot close, what was paid all the same is told, and goes back.
      if (can.fetch) expect(of.fake.book(of.payment.paymentId)?.captured).toBe(0)
    })

    it.runIf(can.fetch)('but tells when it was paid meanwhile', async () => {
      const of = await opened()
      await of.fake.happen(of.payment.paymentId, 'pay')
      const { fact } = await of.provider.closeSession(of.payment)
      expect(fact).toMatchObject({ kind: 'captured', amount: WHOLE })
      expect(of.fake.book(of.payment.paymentId)).toMatchObject({ status: 'captured' })
    })

    it('that were declined', async () => {
      const of = await opened()
      await of.fake.happen(of.payment.paymentId, 'decline')
      expect((await of.provider.closeSession(of.payment)).fact).toEqual({ kind: 'closed' })
      expect(of.fake.effects.captured).toBe(0)
    })
  })

  describe.runIf(can.manualCapture)(`${name} authorizes now and captures later`, () => {
    it('tells that it is authorized', async () => {
      const of = await opened({ captureMethod: 'manual' })
      await of.fake.happen(of.payment.paymentId, 'pay')
      expect(await lastTold(of)).toEqual({ kind: 'authorized', amount: WHOLE })
      if (can.fetch)
        expect((await of.provider.fetchSession(of.payment))?.fact).toEqual({ kind: 'authorized', amount: WHOLE })
      expect(of.fake.effects.captured).toBe(0)
    })

    it('captures all of it, once however often it is asked', async () => {
      const of = await authorized()
      const request = captureOf('cap_1', WHOLE.amount)
      const fact = await become(of, await of.provider.capture(of.payment, request))
      expect(fact).toMatchObject({ kind: 'captured', amount: WHOLE })
      forgetKeys(of)
      const again = await of.provider.capture(of.payment, request)
      expect(['captured', 'processing']).toContain(again.fact.kind)
      expect(of.fake.book(of.payment.paymentId)).toMatchObject({ status: 'captured', captured: WHOLE.amount })
      expect(of.fake.effects.captured).toBe(1)
    })

    it('captures a part and lets go of the rest', async () => {
      const of = await authorized()
      const fact = await become(of, await of.provider.capture(of.payment, captureOf('cap_1', 4000)))
      expect(fact).toMatchObject({ kind: 'captured', amount: usd(4000) })
      if (can.immediate) expect(fact).toMatchObject({ of: WHOLE, final: true })
      expect(of.fake.book(of.payment.paymentId)).toMatchObject({ captured: 4000 })
    })

    it.runIf(can.severalCaptures)('captures in parts, whose facts say what there is in all', async () => {
      const of = await authorized()
      const first = await become(of, await of.provider.capture(of.payment, captureOf('cap_1', 4000, { final: false })))
      expect(first).toMatchObject({ kind: 'captured', amount: usd(4000), of: WHOLE })
      expect((first as { final?: boolean } | null)?.final ?? false).toBe(false)
      forgetKeys(of)
      await of.provider.capture(of.payment, captureOf('cap_1', 4000, { final: false }))
      const second = await become(
        of,
        await of.provider.capture(of.payment, captureOf('cap_2', 6000, { final: true, before: 4000 })),
      )
      expect(second).toMatchObject({ kind: 'captured', amount: WHOLE })
      expect(of.fake.book(of.payment.paymentId)).toMatchObject({ captured: WHOLE.amount })
      expect(of.fake.effects.captured).toBe(2)
    })

    it('lets go of it, once however often it is asked', async () => {
      const of = await authorized()
      expect(await become(of, await of.provider.void(of.payment, 'void_1'))).toEqual({ kind: 'voided' })
      forgetKeys(of)
      expect(['voided', 'processing']).toContain((await of.provider.void(of.payment, 'void_1')).fact.kind)
      expect(of.fake.book(of.payment.paymentId)).toMatchObject({ status: 'voided', captured: 0 })
    })

    it('does not capture what was let go, nor let go what was captured', async () => {
      const gone = await authorized()
      await become(gone, await gone.provider.void(gone.payment, 'void_1'))
      const { fact } = await gone.provider.capture(gone.payment, captureOf('cap_1', WHOLE.amount))
      if (can.immediate) expect(fact).toEqual({ kind: 'voided' })
      expect(gone.fake.effects.captured).toBe(0)
      const taken = await authorized(open())
      await become(taken, await taken.provider.capture(taken.payment, captureOf('cap_1', WHOLE.amount)))
      const answer = await taken.provider.void(taken.payment, 'void_1')
      if (can.immediate) expect(answer.fact).toMatchObject({ kind: 'captured', amount: WHOLE })
      expect(taken.fake.book(taken.payment.paymentId)).toMatchObject({ captured: WHOLE.amount })
    })

    it('tells what staff do in its dashboard', async () => {
      const of = await authorized()
      await of.fake.happen(of.payment.paymentId, 'capture')
      expect(await lastTold(of)).toMatchObject({ kind: 'captured', amount: WHOLE })
      const other = await authorized(open())
      await other.fake.happen(other.payment.paymentId, 'void')
      expect(await lastTold(other)).toEqual({ kind: 'voided' })
    })
  })

  describe(`${name} gives money back`, () => {
    it('in parts, each once however often it is asked and however long ago', async () => {
      const of = await paid()
      const first = await of.provider.refund(of.payment, 'ref_1', usd(2500))
      expect(first.status).toBe(can.immediate ? 'succeeded' : 'pending')
      forgetKeys(of)
      const again = await of.provider.refund(of.payment, 'ref_1', usd(2500))
      expect(again.reference).toBe(first.reference)
      await of.provider.refund(of.payment, 'ref_2', usd(7500))
      expect(of.fake.book(of.payment.paymentId)).toMatchObject({ refunded: WHOLE.amount })
      expect(of.fake.effects.refunded).toBe(2)
    })

    it('but not more than was captured', async () => {
      const of = await paid()
      await of.provider.refund(of.payment, 'ref_1', usd(9000))
      const more = await of.provider.refund(of.payment, 'ref_2', usd(1001))
      if (can.immediate) expect(more).toMatchObject({ status: 'failed', detail: expect.any(String) })
      expect(of.fake.book(of.payment.paymentId)?.refunded).toBe(9000)
    })

    it('and tells of it with our id of it, or by the reference that it gave', async () => {
      const of = await paid()
      const refundId = createMint(new Date(), cryptoRandom)('refund')
      const { reference } = await of.provider.refund(of.payment, refundId, usd(2500))
      const facts = (await told(of)).flatMap(({ fact }) => (fact?.kind === 'refund' ? [fact] : []))
      for (const fact of facts) {
        expect(fact.amount).toEqual(usd(2500))
        expect(fact.refundId === refundId || (fact.reference !== null && fact.reference === reference)).toBe(true)
      }
      if (!can.immediate) expect(facts.at(-1)).toMatchObject({ status: 'succeeded' })
      if (can.fetch && reference !== null) {
        expect(await of.provider.fetchRefund(of.payment, reference)).toMatchObject({ status: 'succeeded' })
      }
    })

    it('and tells what staff give back in its dashboard, as theirs', async () => {
      const of = await paid()
      await of.fake.happen(of.payment.paymentId, 'refund', 1500)
      const refunds = (await told(of)).filter(({ fact }) => fact?.kind === 'refund')
      expect(refunds.length).toBeGreaterThan(0)
      for (const { fact, paymentId } of refunds) {
        expect(paymentId).toBe(of.payment.paymentId)
        expect(fact).toMatchObject({ kind: 'refund', refundId: null, amount: usd(1500) })
        expect(fact?.kind === 'refund' && fact.reference).toBeTruthy()
      }
    })
  })

  it.runIf(can.disputes)(`${name} tells of disputes, open, lost and won, by one reference each`, async () => {
    const seen: string[] = []
    for (const end of ['lose_dispute', 'win_dispute'] as const) {
      const of = await paid(WHOLE, open())
      await of.fake.happen(of.payment.paymentId, 'dispute', 5000)
      await of.fake.happen(of.payment.paymentId, end)
      const facts = (await told(of)).flatMap(({ fact, paymentId }) => {
        if (fact?.kind !== 'dispute') return []
        expect(paymentId).toBe(of.payment.paymentId)
        return [fact]
      })
      expect(new Set(facts.map(({ reference }) => reference)).size).toBe(1)
      expect(facts[0]).toMatchObject({ amount: usd(5000) })
      seen.push(facts.at(-1)?.status ?? 'untold')
    }
    expect(seen).toEqual([can.tellsLost === false ? 'open' : 'lost', 'won'])
  })

  describe(`${name} throws when it cannot know what happened, and finds it out when asked again`, () => {
    /** Asks until there is an answer, as recover does. */
    async function persist<Answer>(desk: Desk, fault: ServiceFault, ask: () => Promise<Answer>): Promise<Answer> {
      desk.fake.failNext(fault)
      // Not all of what a provider asks decides: it may know the answer already, but it never guesses.
      const first = await ask().catch(() => null)
      if (fault === 'slow') await new Promise((resolve) => setTimeout(resolve, SLOW_MS))
      const second = await ask()
      return first ?? second
    }

    it.each(FAULTS)('opening: %s', async (fault) => {
      const { desk, ask } = wanted()
      const state = await persist(desk, fault, ask)
      expect(state.fact).toEqual({ kind: 'requires_action' })
      expect((await ask()).reference).toBe(state.reference)
      expect(desk.fake.effects.opened).toBe(1)
    })

    it.runIf(can.fetch).each(FAULTS)('fetching: %s', async (fault) => {
      const of = await paid()
      const state = await persist(of, fault, () => of.provider.fetchSession(of.payment))
      expect(state?.fact).toMatchObject({ kind: 'captured', amount: WHOLE })
    })

    it.runIf(can.manualCapture).each(FAULTS)('capturing: %s', async (fault) => {
      const of = await authorized()
      await persist(of, fault, () => of.provider.capture(of.payment, captureOf('cap_1', WHOLE.amount)))
      expect(of.fake.book(of.payment.paymentId)).toMatchObject({ captured: WHOLE.amount })
      expect(of.fake.effects.captured).toBe(1)
    })

    it.runIf(can.manualCapture).each(FAULTS)('letting go: %s', async (fault) => {
      const of = await authorized()
      await persist(of, fault, () => of.provider.void(of.payment, 'void_1'))
      expect(of.fake.book(of.payment.paymentId)).toMatchObject({ status: 'voided', captured: 0 })
    })

    it.each(FAULTS)('giving back: %s', async (fault) => {
      const of = await paid()
      const state = await persist(of, fault, () => of.provider.refund(of.payment, 'ref_1', usd(2500)))
      expect(state.status).not.toBe('failed')
      expect(of.fake.book(of.payment.paymentId)).toMatchObject({ refunded: 2500 })
      expect(of.fake.effects.refunded).toBe(1)
    })

    it.each(FAULTS)('closing: %s', async (fault) => {
      const of = await opened()
      await persist(of, fault, () => of.provider.closeSession(of.payment))
      await of.fake.happen(of.payment.paymentId, 'pay').catch(() => {})
      if (can.fetch) expect(of.fake.effects.captured).toBe(0)
    })
  })
}

/** For a service whose ids can be guessed, or typed by staff: another's payment at our reference is not taken for ours. */
export function itKnowsItsOwn(makeFake: () => FakeService): void {
  it(`${makeFake().name}: what stands at a reference is ours only if it bears our id`, async () => {
    const fake = makeFake()
    const api = shopWith(fake)
    const provider = systemContext('test', api.bindings, { ...api.deps }, () => {}).provider(fake.name)
    if (!provider) throw new Error('not switched on')
    const mint = createMint(new Date(), cryptoRandom)
    const base = {
      ...{ paymentId: mint('payment'), orderId: mint('order'), amount: { amount: 1000, currency: 'EUR' } },
      ...{ origin: 'https://api.shop.example', expiresAt: new Date(Date.now() + 3600_000) },
    }
    const urls = { returnUrl: 'https://shop.example/', cancelUrl: null, input: {} }
    const { reference } = await provider.openSession({ ...base, ...urls, captureMethod: 'automatic' })
    const other = { ...base, paymentId: mint('payment'), reference }
    await expect(provider.fetchSession(other)).rejects.toThrow(/another/)
    await expect(provider.closeSession(other)).rejects.toThrow(/another/)
    await expect(provider.refund(other, mint('refund'), base.amount)).rejects.toThrow(/another/)
    expect((await provider.fetchSession({ ...base, reference }))?.fact).toEqual({ kind: 'requires_action' })
  })
}
