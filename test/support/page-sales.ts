import { expect } from 'vitest'
import type { Api } from './api.ts'
import type { FakeService, Happening } from './fakes/fake-service.ts'
import { bringAll, shopWith } from './fakes/rig.ts'
import { buy } from './money.ts'

/** Orders that are paid on a page of a service. @param wish what `payment` of complete's body says. */
export function salesAt<Fake extends FakeService>(makeFake: () => Fake, wish: Record<string, string>) {
  function open(bindings: Record<string, string> = {}): { fake: Fake; api: Api } {
    const fake = makeFake()
    return { fake, api: shopWith(fake, bindings) }
  }

  /** One of 37.56 to whose payment `what` has happened, and the shop has heard of it. */
  async function after(what: Happening, bindings: Record<string, string> = {}) {
    const { fake, api } = open(bindings)
    const bought = await buy(api, wish)
    await fake.happen(bought.paymentId, what)
    const answers = await bringAll(api, fake)
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    return { fake, api, bought, answers }
  }

  return { open, after }
}
